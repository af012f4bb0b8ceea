"""What every room stands on: values, errors, units, files that appear whole, folders, the log, the device."""
