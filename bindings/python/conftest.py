pytest_plugins = ["gantry_registry"]
