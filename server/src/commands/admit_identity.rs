use chat::{Identity, User};

use crate::commands::{Moment, Outcome};
use crate::store::Tx;

pub fn admit_identity(tx: &mut dyn Tx, identity: &Identity, m: &Moment) -> Outcome<User> {
    let _ = (tx, identity, m);
    unimplemented!()
}
