"""One signature over the finished document, checked before it is believed, and by anybody without us."""
