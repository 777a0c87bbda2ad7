"""The reports of euclave: a module is an output format, and its name is the format's."""
