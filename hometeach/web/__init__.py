"""The pages. They look at every feature; no feature looks at them."""
