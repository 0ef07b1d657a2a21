//! Resolves names to public addresses only, so that a platform name pointing into a private network (a poisoned
//! response, a rebinding) is not followed.

use std::fmt;
use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address;

/// A resolver, the system's by default, restricted to public addresses. What it returns is what is connected to: a name
/// that means another address a moment later is checked again before the next connection.
#[derive(Clone, Copy, Debug)]
pub struct PublicResolver<R = SystemResolver>(R);

impl PublicResolver {
    /// Returns the system's resolver, restricted to public addresses.
    pub fn of_system() -> Self {
        Self(SystemResolver)
    }
}

impl<R: Resolve> Resolve for PublicResolver<R> {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let found = self.0.resolve(name);
        Box::pin(async move {
            let public = public_only(&host, found.await?)?;
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// The system's resolver.
#[derive(Clone, Copy, Debug)]
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
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

    /// Answers with one address after another, as a name server that means ill; the last one from then on.
    struct Turning(std::sync::Mutex<Vec<SocketAddr>>);

    impl Turning {
        fn over(addresses: &[&str]) -> Self {
            let of = |address: &&str| SocketAddr::new(address.parse().unwrap(), 0);
            Self(std::sync::Mutex::new(addresses.iter().map(of).collect()))
        }
    }

    impl Resolve for Turning {
        fn resolve(&self, _: Name) -> Resolving {
            let mut left = self.0.lock().unwrap();
            let next = if left.len() > 1 { left.remove(0) } else { left[0] };
            Box::pin(async move { Ok(Box::new(std::iter::once(next)) as Addrs) })
        }
    }

    #[tokio::test]
    async fn a_name_that_turns_to_this_machine_is_refused_then() {
        for inside in ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", "169.254.169.254", "64:ff9b::7f00:1"] {
            let resolver = PublicResolver(Turning::over(&["1.1.1.1", "2606:4700::1111", inside]));
            for public in [true, true, false, false] {
                let found = resolver.resolve("mp.weixin.qq.com".parse().unwrap()).await;
                assert_eq!(found.is_ok(), public, "{inside}");
            }
        }
    }

    #[tokio::test]
    async fn nobody_comes_to_this_machine_by_such_a_name() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://mp.weixin.qq.com:{}/s/abc", listener.local_addr().unwrap().port());
        let client = || reqwest::Client::builder().no_proxy().timeout(std::time::Duration::from_millis(300));
        let guarded = client().dns_resolver(PublicResolver(Turning::over(&["127.0.0.1"]))).build().unwrap();
        let error = guarded.get(&url).send().await.unwrap_err();
        assert!(is_private_address(&error), "{error:?}");
        assert!(listener.accept().is_err());
        // Without the guard somebody would have come.
        let bare = client().dns_resolver(Turning::over(&["127.0.0.1"])).build().unwrap();
        bare.get(&url).send().await.unwrap_err();
        assert!(listener.accept().is_ok());
    }

    #[tokio::test]
    async fn this_machine_is_not_resolved() {
        assert!(PublicResolver::of_system().resolve("localhost".parse().unwrap()).await.is_err());
    }
}
