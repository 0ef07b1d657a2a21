//! Resolves names to public addresses only, so that a platform name pointing into a private network (a poisoned
//! response, a rebinding) is not followed.

use std::fmt;
use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address;

/// The system's resolver, restricted to public addresses.
#[derive(Clone, Copy, Debug, Default)]
pub struct PublicResolver;

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public = public_only(name.as_str(), found)?;
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Returns `found` if every address is public: a name with even one private address cannot be trusted with the others.
fn public_only(name: &str, found: impl Iterator<Item = SocketAddr>) -> Result<Vec<SocketAddr>, PrivateAddress> {
    let found: Vec<SocketAddr> = found.collect();
    if found.is_empty() || found.iter().any(|address| !address::is_public(address.ip())) {
        return Err(PrivateAddress(name.to_owned()));
    }
    Ok(found)
}

/// A host name that resolves to an address that is not public, or to none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateAddress(String);

impl fmt::Display for PrivateAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} has no public address", self.0)
    }
}

impl std::error::Error for PrivateAddress {}

/// Reports whether a request failed because its host has no public address.
pub(super) fn is_private_address(error: &reqwest::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        if error.is::<PrivateAddress>() {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_private_address_spoils_the_name() {
        let list = |addresses: &[&str]| -> Vec<SocketAddr> {
            addresses.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 0)).collect()
        };
        assert!(public_only("mp.weixin.qq.com", list(&["1.1.1.1"]).into_iter()).is_ok());
        assert!(public_only("mp.weixin.qq.com", list(&["1.1.1.1", "10.0.0.1"]).into_iter()).is_err());
        assert!(public_only("mp.weixin.qq.com", list(&[]).into_iter()).is_err());
    }

    #[tokio::test]
    async fn this_machine_is_not_resolved() {
        assert!(PublicResolver.resolve("localhost".parse().unwrap()).await.is_err());
    }
}
