# The shell alone: functions, arithmetic, parameter expansion, case, read.
collatz() {
	n=$1 steps=0
	while [ "$n" -ne 1 ]; do
		if [ $((n % 2)) -eq 0 ]; then n=$((n / 2)); else n=$((3 * n + 1)); fi
		steps=$((steps + 1))
	done
	printf '%s: %d steps\n' "$1" "$steps"
}
collatz "$1"
name=report.tar.gz
echo "${name%%.*} ${name#*.}"
case $name in *.gz) echo compressed ;; *) echo plain ;; esac
exit "$1"
