// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {Settlement} from "../Settlement.sol";

/// @title A ledger whose transactions nobody but its operator sees
/// @notice Accounts, balances and transfers are private: this contract holds the ether and one root. A batch moves
/// the root, and only a proof of the ledger's program does: that every transaction in it was signed by the account
/// that pays, once, and from what it had. In public are deposits, withdrawals and the roots.
///
/// What the operator cannot do: move, mint or take anybody's money. What it can do: not take part. Withdrawals need a
/// batch, and only the operator has what the next batch needs. A deposit that no batch takes can be taken back.
/// @dev The root is this contract's own and no root chain of the settlement contract: whether a batch took the deposits
/// that were made is checked here, and a root chain would have moved before.
contract PrivateLedger is Ownable2Step, ReentrancyGuard {
    /// @notice A deposit in the queue.
    /// @param account The id of the account.
    /// @param accountNumber The account's number in the ledger.
    /// @param amount In gwei; 0 if it was taken back.
    struct Deposit {
        bytes32 account;
        uint32 accountNumber;
        uint64 amount;
    }

    /// @notice Who made a deposit.
    /// @param payer Who; 0 if it was taken back.
    /// @param time The block's time in seconds.
    struct Payer {
        address payer;
        uint64 time;
    }

    /// @notice Somebody paid into an account.
    /// @param number Which deposit this is, from 1.
    /// @param account The id of the account.
    /// @param accountNumber The account's number in the ledger.
    /// @param amount In gwei.
    /// @param from Who paid.
    /// @param queue The hash of all deposits up to this one.
    event Deposited(
        uint32 indexed number,
        bytes32 indexed account,
        uint32 accountNumber,
        uint64 amount,
        address indexed from,
        bytes32 queue
    );

    /// @notice A deposit was taken back: it stays in the queue with the amount 0, and its payer is owed the amount.
    /// @param number Which deposit.
    /// @param amount In gwei.
    /// @param queue The hash of all deposits from now on.
    event TakenBack(uint32 indexed number, uint64 amount, bytes32 queue);

    /// @notice A batch moved the root.
    /// @param number Which batch this is, from 1.
    /// @param settlementId The settled statement.
    /// @param oldRoot The root before.
    /// @param newRoot The root from now on.
    /// @param depositsTaken How many deposits all batches have taken.
    event BatchApplied(
        uint64 indexed number, bytes32 indexed settlementId, bytes32 oldRoot, bytes32 newRoot, uint32 depositsTaken
    );

    /// @notice A batch owes an address so many wei more.
    event WithdrawalOwed(uint64 indexed batch, address indexed to, uint256 amount);

    /// @notice So many wei were paid.
    event Claimed(address indexed to, uint256 amount);

    /// @notice No account has the id zero.
    error NoAccount();
    /// @notice A deposit is a whole number of gwei, at least the smallest deposit and less than 2^64 gwei.
    error UnfitAmount(uint256 amount);
    /// @notice Nothing was ever deposited for this account.
    error UnknownAccount(bytes32 account);
    /// @notice This deposit is not in the queue: a batch took it, or it was never made.
    error NotWaiting(uint32 number);
    /// @notice Somebody else made the deposit, or it was taken back.
    error NotYours(uint32 number);
    /// @notice Batches have until then to take the deposit.
    error TooEarly(uint256 time);
    /// @notice These are not the deposits of the queue from the given one on.
    error NotTheQueue();
    /// @notice The output is not that of a batch.
    error MalformedOutput(uint256 length);
    /// @notice The batch is of another ledger or blockchain.
    error WrongDomain(bytes32 expected, bytes32 given);
    /// @notice The batch goes on from another root than the present one.
    error WrongRoot(bytes32 present, bytes32 old);
    /// @notice The batch took deposits that were not made, or others.
    error WrongDeposits(uint256 count, bytes32 queue);
    /// @notice More would be owed than there is. No batch with a valid proof does this.
    error Insolvent(uint256 owed, uint256 balance);
    /// @notice Nothing is owed to this address.
    error NothingToClaim(address to);
    /// @notice The receiver did not take the payment.
    error PaymentFailed(address to);
    /// @notice A ledger without an operator would hold its money for ever.
    error OperatorNeeded();

    uint256 private constant UNIT = 1 gwei;
    uint256 private constant HEAD = 160;

    /// @notice Where the batches' proofs are settled.
    Settlement public immutable settlement;
    /// @notice The key of the ledger's program.
    bytes32 public immutable programVKey;
    /// @notice The smallest deposit in wei: the queue is taken in order, and filling it must cost something.
    uint256 public immutable smallestDeposit;

    /// @notice How many seconds batches have to take a deposit before it can be taken back.
    uint256 public immutable patience;

    /// @notice The present root; zero before the first batch.
    bytes32 public root;
    /// @notice How many batches have moved the root.
    uint64 public batchCount;
    /// @notice How many deposits were made.
    uint32 public depositCount;
    /// @notice How many of them the batches have taken.
    uint32 public depositsTaken;
    /// @notice How many accounts have a number.
    uint32 public accountCount;
    /// @notice What is owed and not paid yet, in wei.
    uint256 public totalOwed;
    /// @notice What is owed to an address, in wei.
    mapping(address to => uint256 amount) public owed;
    /// @notice The hash of the first `count` deposits; zero for none.
    mapping(uint32 count => bytes32 hash) public queueAt;
    /// @notice Who made a deposit, by its number.
    mapping(uint32 number => Payer) public payerOf;
    /// @dev One more than the account's number.
    mapping(bytes32 account => uint32 number) private _numbers;

    /// @param settlement_ Where the batches' proofs are settled. Its verifier must not have development keys where
    /// the ledger is to hold value.
    /// @param programVKey_ The key of the ledger's program.
    /// @param smallestDeposit_ In wei.
    /// @param patience_ How many seconds batches have to take a deposit: much longer than a batch takes, as a batch on
    /// its way fails when one of its deposits is taken back.
    /// @param operator Who applies batches.
    constructor(
        Settlement settlement_,
        bytes32 programVKey_,
        uint256 smallestDeposit_,
        uint256 patience_,
        address operator
    ) Ownable(operator) {
        settlement = settlement_;
        programVKey = programVKey_;
        smallestDeposit = smallestDeposit_;
        patience = patience_;
    }

    /// @notice What signatures and batches of this ledger are bound to.
    /// @dev Not kept: where a blockchain splits, the two sides have different chain ids.
    function domain() public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this)));
    }

    /// @notice The number of an account; reverts if nothing was deposited for it.
    function accountNumber(bytes32 account) external view returns (uint32) {
        uint32 number = _numbers[account];
        if (number == 0) revert UnknownAccount(account);
        return number - 1;
    }

    /// @notice Pays the value of the call into an account. The first deposit opens it, whoever makes it.
    /// @dev The queue is a chain of SHA-256, which the program computes at less cost than keccak256.
    /// @param account The account's id. What is paid to an id without a key is lost.
    /// @return number Which deposit it is.
    function deposit(bytes32 account) external payable returns (uint32 number) {
        if (account == 0) revert NoAccount();
        uint256 amount = msg.value / UNIT;
        if (msg.value % UNIT != 0 || amount == 0 || msg.value < smallestDeposit || amount > type(uint64).max) {
            revert UnfitAmount(msg.value);
        }
        uint32 place = _numbers[account];
        if (place == 0) {
            place = ++accountCount;
            _numbers[account] = place;
        }
        number = depositCount + 1;
        bytes32 queue = _extended(queueAt[number - 1], Deposit(account, place - 1, uint64(amount)));
        depositCount = number;
        queueAt[number] = queue;
        payerOf[number] = Payer(msg.sender, uint64(block.timestamp));
        emit Deposited(number, account, place - 1, uint64(amount), msg.sender, queue);
    }

    /// @notice Takes a deposit back that no batch has taken in time; `claim` then pays it.
    /// @dev The deposit keeps its place with the amount 0, so that the program takes it like any other. The queue is hashed
    /// anew from there on: the later deposits are the caller's to name, and are known by the old hash.
    /// @param number Which deposit.
    /// @param waiting This deposit and all later ones, in order, as they are in the queue.
    function takeBack(uint32 number, Deposit[] calldata waiting) external {
        uint32 count = depositCount;
        if (number <= depositsTaken || number > count) revert NotWaiting(number);
        Payer memory made = payerOf[number];
        if (made.payer != msg.sender) revert NotYours(number);
        if (block.timestamp < made.time + patience) revert TooEarly(made.time + patience);
        if (waiting.length != count - number + 1) revert NotTheQueue();

        bytes32 last = queueAt[count];
        bytes32 before = queueAt[number - 1];
        bytes32 queue = before;
        for (uint32 i = 0; i < waiting.length; ++i) {
            Deposit memory entry = waiting[i];
            before = _extended(before, entry);
            if (i == 0) entry.amount = 0;
            queue = _extended(queue, entry);
            queueAt[number + i] = queue;
        }
        if (before != last) revert NotTheQueue();
        delete payerOf[number];
        uint256 amount = uint256(waiting[0].amount) * UNIT;
        owed[msg.sender] += amount;
        totalOwed += amount;
        emit TakenBack(number, waiting[0].amount, queue);
    }

    /// @notice Moves the root by a batch.
    /// @dev Only the operator: anybody who knows all accounts, as everybody does before the first batch, could move the
    /// root to one that the operator cannot go on from, as a root hides its tree behind a secret salt.
    /// @param output What the program wrote.
    /// @param proof Its proof with exit code 0; ignored if the statement is settled already, so that nobody can hinder
    /// a batch by settling it first.
    function advance(bytes calldata output, bytes calldata proof) external onlyOwner {
        bytes32 id = settlement.settlementId(programVKey, 0, output);
        if (!settlement.isSettled(id)) settlement.settle(programVKey, 0, output, proof);

        if (output.length < HEAD || output.length % 32 != 0) revert MalformedOutput(output.length);
        (bytes32 oldRoot, bytes32 newRoot, bytes32 given, uint256 taken, bytes32 queue) =
            abi.decode(output[:HEAD], (bytes32, bytes32, bytes32, uint256, bytes32));
        if (given != domain()) revert WrongDomain(domain(), given);
        // A root holds the number of its batch: none returns, and no batch is applied twice.
        if (oldRoot != root) revert WrongRoot(root, oldRoot);
        if (taken > depositCount || queueAt[uint32(taken)] != queue) revert WrongDeposits(taken, queue);
        root = newRoot;
        depositsTaken = uint32(taken);
        uint64 number = ++batchCount;
        emit BatchApplied(number, id, oldRoot, newRoot, uint32(taken));

        uint256 total = totalOwed;
        for (uint256 i = HEAD; i < output.length; i += 32) {
            bytes32 word = bytes32(output[i:i + 32]);
            address to = address(bytes20(word));
            uint256 amount = uint256(uint96(uint256(word))) * UNIT;
            owed[to] += amount;
            total += amount;
            emit WithdrawalOwed(number, to, amount);
        }
        if (total > address(this).balance) revert Insolvent(total, address(this).balance);
        totalOwed = total;
    }

    /// @notice Pays an address what it is owed. Anybody may call it.
    /// @dev Receivers are paid one by one and after the batch, so that none can hinder another or a batch.
    function claim(address to) external nonReentrant {
        uint256 amount = owed[to];
        if (amount == 0) revert NothingToClaim(to);
        owed[to] = 0;
        totalOwed -= amount;
        emit Claimed(to, amount);
        (bool paid,) = to.call{value: amount}("");
        if (!paid) revert PaymentFailed(to);
    }

    /// @dev The queue's hash with one more deposit.
    function _extended(bytes32 queue, Deposit memory entry) private pure returns (bytes32) {
        return sha256(abi.encodePacked(queue, entry.account, entry.accountNumber, entry.amount));
    }

    /// @notice Always reverts.
    function renounceOwnership() public view override onlyOwner {
        revert OperatorNeeded();
    }
}
