"""The adapters of euclave: formats that read infrastructure code, and clouds that know what it means."""
