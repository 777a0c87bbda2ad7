"""The policies of euclave: one file is one policy, and its docstring is its documentation page."""
