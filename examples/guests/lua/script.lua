-- Queens: all solutions by a coroutine; then tables, closures, strings and floating point.
local function queens(n)
  local columns, rising, falling, placed = {}, {}, {}, {}
  local function place(row)
    if row > n then
      coroutine.yield(table.concat(placed, " "))
      return
    end
    for column = 1, n do
      if not (columns[column] or rising[row + column] or falling[row - column]) then
        columns[column], rising[row + column], falling[row - column] = true, true, true
        placed[row] = column
        place(row + 1)
        columns[column], rising[row + column], falling[row - column] = nil, nil, nil
      end
    end
  end
  return coroutine.wrap(function() place(1) end)
end

local count, first = 0, nil
for solution in queens(5) do
  first = first or solution
  count = count + 1
end
print(count, first)

local words = {}
for word in ("the quick brown fox jumps over the lazy dog"):gmatch("%a+") do
  words[word] = (words[word] or 0) + 1
end
local names = {}
for name in pairs(words) do names[#names + 1] = name end
table.sort(names, function(a, b) return words[a] > words[b] or words[a] == words[b] and a < b end)
print(table.concat(names, ","))

local limit = tonumber((...))
local sum = 0.0
for i = 1, limit do sum = sum + 1 / i ^ 2 end
print(string.format("%.12f %g %d %s", sum, math.pi ^ 2 / 6, 7 // 2, 2 ^ 53))
print(pcall(error, { code = 3 }), select("#", ...), math.maxinteger, 10 // 3 .. "", 1e15)
