-- Reads the values of keys, as many as fit into one reply.
--   KEYS the keys
--   ARGV 1 the maximum bytes of a value  2 the maximum bytes of the reply
--        3 '1' if the first value is returned even if the reply exceeds its maximum
-- Returns for each key its value, or
--   nil if it has none, or one of another type
--   0 if the value did not fit, and the caller must ask for it again
--   1 if the value is larger than its maximum
local valueMax = tonumber(ARGV[1])
local left = tonumber(ARGV[2])
local alwaysFirst = ARGV[3] == '1'
local full = false
local replies = {}
for i, key in ipairs(KEYS) do
  local value = not full and redis.pcall('GETRANGE', key, 0, valueMax)
  if type(value) == 'table' and not string.find(value.err, 'WRONGTYPE', 1, true) then
    return value
  elseif full then
    replies[i] = 0
  elseif type(value) ~= 'string' or #value == 0 then
    replies[i] = false
  elseif #value > valueMax then
    replies[i] = 1
  elseif #value > left and not (alwaysFirst and i == 1) then
    replies[i] = 0
    full = true
  else
    replies[i] = value
    left = left - #value
  end
end
return replies
