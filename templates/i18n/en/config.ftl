# The configuration file liudi.toml.

error-config-unreadable = The configuration file cannot be read: { $path }
error-config-invalid = There is a mistake in the configuration file: { $path }
hint-config-invalid = Check the spelling; a setting that is not known is an error.
error-config-value-invalid = The value of { $key } is not usable: { $value }
hint-config-value-invalid = Durations are written `3s`, `500ms`, `2m`; counts are above 0.
