"""In which order changes are made. Begin with `graph`."""
