"""What a connector is made of: manifest, pages, mapping, push."""
