// Word statistics by goroutines: a reader sends lines over a channel, workers count the words of each in a
// map of their own, a mutex guards the merged map. Every line leaves garbage, which is collected.
package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"sort"
	"strings"
	"sync"
	"time"
)

const workers = 4

type entry struct {
	word  string
	count int
}

type statistics struct {
	sync.Mutex
	words map[string]int
	lines [workers]int
}

func (s *statistics) merge(worker int, words map[string]int) {
	s.Lock()
	defer s.Unlock()
	s.lines[worker]++
	for word, count := range words {
		s.words[word] += count
	}
}

func count(line string) map[string]int {
	words := make(map[string]int)
	for _, field := range strings.Fields(line) {
		word := strings.ToLower(strings.Trim(field, ".,;:!?\"'()"))
		if word != "" {
			words[word]++
		}
	}
	return words
}

func sorted(words map[string]int) []entry {
	entries := make([]entry, 0, len(words))
	for word, count := range words {
		entries = append(entries, entry{word, count})
	}
	sort.Slice(entries, func(i, j int) bool {
		if entries[i].count != entries[j].count {
			return entries[i].count > entries[j].count
		}
		return entries[i].word < entries[j].word
	})
	return entries
}

func main() {
	lines := make(chan string)
	all := statistics{words: make(map[string]int)}
	var group sync.WaitGroup
	for worker := 0; worker < workers; worker++ {
		group.Add(1)
		go func(worker int) {
			defer group.Done()
			for line := range lines {
				all.merge(worker, count(line))
			}
		}(worker)
	}

	scanner := bufio.NewScanner(os.Stdin)
	read := 0
	for scanner.Scan() {
		lines <- scanner.Text()
		read++
	}
	close(lines)
	group.Wait()
	if err := scanner.Err(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}

	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)

	done := 0
	for _, lines := range all.lines {
		done += lines
	}
	fmt.Printf("%d lines, %d counted, collected: %t\n", read, done, memory.NumGC > 0)
	for _, entry := range sorted(all.words)[:5] {
		fmt.Printf("%-6s %3d %5.1f %%\n", entry.word, entry.count, 100*float64(entry.count)/float64(len(all.words)))
	}

	start := time.Now()
	select {
	case <-time.After(20 * time.Millisecond):
		fmt.Println("waited 20 ms:", time.Since(start) >= 20*time.Millisecond)
	}
}
