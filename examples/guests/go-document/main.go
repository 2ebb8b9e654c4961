// Discloses one thing that a private document says: the public output is the document's SHA-256, by which its
// issuer can be asked to stand for it, and a claim. With the issuer's Ed25519 key as an argument (which makes
// the key a part of the program's identity), the document has to be signed, too.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

type envelope struct {
	Document  json.RawMessage `json:"document"`
	Signature []byte          `json:"signature"`
}

type document struct {
	Name    string         `json:"name"`
	Salt    string         `json:"salt"`
	Born    int            `json:"born"`
	Country string         `json:"country"`
	Rights  map[string]int `json:"rights"`
}

func issuerKey(arguments []string) (ed25519.PublicKey, error) {
	if len(arguments) < 2 {
		return nil, nil
	}
	key, err := hex.DecodeString(arguments[1])
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, errors.New("the key is not 32 bytes in hexadecimal")
	}
	return key, nil
}

func run(arguments []string) error {
	key, err := issuerKey(arguments)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	var outer envelope
	if err := json.Unmarshal(text, &outer); err != nil {
		return err
	}
	if key != nil && !ed25519.Verify(key, outer.Document, outer.Signature) {
		return errors.New("the signature is not the issuer's")
	}
	var inner document
	if err := json.Unmarshal(outer.Document, &inner); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"document": fmt.Sprintf("%x", sha256.Sum256(outer.Document)),
		"signed":   key != nil,
		"country":  inner.Country,
		"adult":    inner.Born <= 2008,
		"rights":   inner.Rights,
	})
}

func main() {
	if err := run(os.Args); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
