// The smallest Go program: the whole run-time system starts, a line is printed.
package main

import "fmt"

func main() {
	fmt.Println("Hello from Go!")
}
