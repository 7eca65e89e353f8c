"""What hjplot is made of: run files in, pictures and tables out."""
