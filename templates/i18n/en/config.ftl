# The configuration file liudi.toml.

error-config-unreadable = The configuration file cannot be read: { $path }
error-config-invalid = The configuration file contains an error: { $path }
hint-config-invalid = Check the spelling; unknown settings are errors.
error-config-value-invalid = The value of { $key } is not valid: { $value }
hint-config-value-invalid = Write durations as `3s`, `500ms` or `2m`; counts must be above 0.
