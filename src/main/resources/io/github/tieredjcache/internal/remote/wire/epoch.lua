-- Returns the number of a cache's epoch, and begins a new epoch if
--   - the caller wants one,
--   - there is none,
--   - the caller knows a later number than this server, whose data was set back to an earlier time then, or
--   - the caller names the data set of this server, and the current epoch began with another one: acknowledged writes
--     may be missing.
-- The number of a new epoch has a plus sign; in the last case an asterisk.
--   KEYS 1 the number  2 the number of the epoch before which entries may be left  3 the id of the data set with which
--     it began
--   ARGV 1 the latest number that the caller knows, 0 for none
--        2 'N' for a new epoch; 'R' for a read: returns 0 if there is none and no memory for one
--        3 the id of the data set that this server holds; empty to skip the comparison
-- A number is the server's time in microseconds, or more, so that a number that was lost with its key is not used
-- again.
local known = tonumber(ARGV[1])
local held = redis.pcall('GET', KEYS[1])
local current = 0
if type(held) == 'string' and string.match(held, '^[1-9]%d*$') and tonumber(held) < 2 ^ 53 then
  current = tonumber(held)
end
local history = ARGV[3]
local otherHistory = history ~= '' and redis.pcall('GET', KEYS[3]) ~= history
if current > 0 and current >= known and ARGV[2] ~= 'N' and not otherHistory then
  return held
end
local time = redis.call('TIME')
local next = math.max(known + 1, current + 1, time[1] * 1000000 + time[2])
local digits = string.format('%.0f', next)
if ARGV[2] == 'R' and current > 0 then
  -- After a command that writes, even one that changes nothing, a script may store without memory.
  redis.pcall('PERSIST', KEYS[1])
end
local written = redis.pcall('SET', KEYS[1], digits)
if written.err then
  -- Without memory there is no epoch and so no entry. Any other error, such as that of a replica, is returned: it does
  -- not mean that the cache is empty.
  local full = string.find(written.err, 'OOM', 1, true)
  return full and ARGV[2] == 'R' and current == 0 and '0' or written
end
if known > 0 or current > 0 then
  redis.pcall('SET', KEYS[2], digits)
end
-- The server stops tracking a key for the client that writes it; a read begins the tracking again.
redis.call('EXISTS', KEYS[1])
if history ~= '' then
  redis.pcall('SET', KEYS[3], history)
  if otherHistory and current > 0 then
    return '*' .. digits
  end
end
return '+' .. digits
