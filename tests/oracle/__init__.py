"""The delivery rule a second time, written from its text alone, slowly and plainly, to judge the product by."""
