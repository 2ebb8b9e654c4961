"""A small ledger with known keys, for every test that needs batches."""

from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path

from zkm.examples.ledger.operator import Deposit, LedgerState
from zkm.examples.ledger.signatures import QUICK, SHORT, SigningKey
from zkm.examples.ledger.transactions import Transfer, Wallet, Withdrawal

GUEST = Path(__file__).parents[2] / "examples" / "guests" / "ledger"
ELF = GUEST / "ledger.elf"
DOMAIN = sha256(b"a ledger of tests").digest()
ADDRESS = "0x" + "5a" * 20
SCHEMES = (QUICK, SHORT, QUICK, QUICK, QUICK)


@cache
def signing_key(number: int) -> SigningKey:
    """Made once: a key takes a quarter of a second."""
    return SigningKey(SCHEMES[number], sha256(b"key %d" % number).digest())


def wallet(number: int, domain: bytes = DOMAIN) -> Wallet:
    return Wallet(domain, signing_key(number))


def salt(number: int) -> bytes:
    return sha256(b"salt %d" % number).digest()[:16]


@dataclass
class Scene:
    """Wallets 0 … n-1 with numbers in that order, and the state after first deposits of 1,000 gwei each."""

    count: int = 4
    domain: bytes = DOMAIN
    wallets: list[Wallet] = field(init=False)
    state: LedgerState = field(init=False)

    def __post_init__(self):
        self.wallets = [wallet(i, self.domain) for i in range(self.count)]
        self.first = LedgerState(self.domain).next_batch(
            [Deposit(w.id, i, 1000) for i, w in enumerate(self.wallets)], salt=salt(0)
        )
        self.state = self.first.after

    def transfer(self, sender: int, receiver: int, amount: int, nonce: int = 0):
        return self.wallets[sender].sign(nonce, Transfer(self.wallets[receiver].id, amount))

    def withdrawal(self, sender: int, amount: int, nonce: int = 0, address: str = ADDRESS):
        return self.wallets[sender].sign(nonce, Withdrawal(address, amount))


@cache
def example_batch():
    """The batch of the guest's manifest: two deposits (one opens an account), transfers, a withdrawal."""
    scene = Scene(3)
    newcomer = wallet(3)
    deposits = [Deposit(newcomer.id, 3, 50), Deposit(scene.wallets[0].id, 0, 7)]
    transactions = [
        scene.transfer(0, 1, 1007),
        scene.wallets[1].sign(0, Transfer(newcomer.id, 2000)),
        scene.transfer(2, 2, 10),
        newcomer.sign(0, Withdrawal(ADDRESS, 2049)),
    ]
    return scene.state.next_batch(deposits, transactions, salt(1))
