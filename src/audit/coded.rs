//! Defines enums with the same spelling in files, on the command line and in reports.

/// Defines an enum with its codes: one table for serde, `Display`, `FromStr` and lists.
macro_rules! coded {
    ($(#[$doc:meta])* $name:ident, $code:literal { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[non_exhaustive]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $text)] $variant),* }

        impl $name {
            /// All values.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the code used in files and on the command line.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::error::Error;

            fn from_str(text: &str) -> $crate::error::Result<Self> {
                Self::ALL.iter().copied().find(|value| value.code() == text).ok_or_else(|| {
                    let known = Self::ALL.iter().map(|value| value.code()).collect::<Vec<_>>().join(", ");
                    $crate::error::Error::usage($code).with("value", text).with("known", known)
                })
            }
        }
    };
}
pub(crate) use coded;
