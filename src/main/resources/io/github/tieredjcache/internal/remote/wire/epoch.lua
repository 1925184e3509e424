-- Answers the number of a cache's epoch. Begins a new one if that is asked for, if there is none, or if the caller knows a
-- later one than this server does, whose memory has gone back in time then; the number of a new one has a plus sign. If the caller
-- asks for that, a new one begins too where the current one did not begin with the data that this server holds, so that what others
-- acknowledged may be missing from them; then the number has an asterisk.
--   KEYS 1 the number  2 the number of the epoch before which entries may be left  3 with which data it began
--   ARGV 1 the latest number that the caller knows, 0 for none
--        2 'N' for a new one; 'R' to read only: 0 if there is none and no memory for one
--        3 which data this server holds; empty if that is no matter
-- Numbers are microseconds of the server's clock, or more: one that was forgotten with its key does not come again.
local known = tonumber(ARGV[1])
local held = redis.pcall('GET', KEYS[1])
local current = 0
if type(held) == 'string' and string.match(held, '^[1-9]%d*$') and tonumber(held) < 2 ^ 53 then
  current = tonumber(held)
end
local history = ARGV[3]
local other = history ~= '' and redis.pcall('GET', KEYS[3]) ~= history
if current > 0 and current >= known and ARGV[2] ~= 'N' and not other then
  return held
end
local time = redis.call('TIME')
local next = math.max(known + 1, current + 1, time[1] * 1000000 + time[2])
local digits = string.format('%.0f', next)
local written = redis.pcall('SET', KEYS[1], digits)
if written.err then
  -- Without memory there is no epoch and so no entry; any other refusal, such as that of a replica, says nothing of the cache.
  local full = string.find(written.err, 'OOM', 1, true)
  return full and ARGV[2] == 'R' and current == 0 and '0' or written
end
if known > 0 or current > 0 then
  redis.pcall('SET', KEYS[2], digits)
end
-- One's own write ends the server's watch over the key for its author; a look at it begins it again.
redis.call('EXISTS', KEYS[1])
if history ~= '' then
  redis.pcall('SET', KEYS[3], history)
  if other and current > 0 then
    return '*' .. digits
  end
end
return '+' .. digits
