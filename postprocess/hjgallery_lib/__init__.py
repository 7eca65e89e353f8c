"""The gallery: what is run, drawn and said of it (cases), how that is done (making), the page (page)."""
