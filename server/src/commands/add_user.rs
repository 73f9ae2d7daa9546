use chat::{ServiceRole, User};

use crate::commands::{Moment, Outcome};
use crate::store::{ChosenName, Tx};

pub fn add_user(
    tx: &mut dyn Tx,
    name: &ChosenName,
    password_hash: &str,
    role: ServiceRole,
    m: &Moment,
) -> Outcome<User> {
    let _ = (tx, name, password_hash, role, m);
    unimplemented!()
}
