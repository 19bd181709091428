"""All that is public on the site as files, made when asked for and kept daily, and a catalogue that explains them."""
