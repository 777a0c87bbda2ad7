"""The formats of Azure Resource Manager: JSON templates, parameter files and Bicep."""
