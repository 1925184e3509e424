-- Takes, renews or gives back the right to remove what earlier epochs of a cache have left.
--   KEYS 1 the number of the epoch before which entries may be left  2 who removes them
--   ARGV 1 the caller  2 'T' takes or renews, 'D' gives back: all before epoch 4 was removed  3 for how many ms
-- Answers the number up to which there is something to do; nothing if there is not, or if somebody else does it.
local holder = redis.call('GET', KEYS[2])
if holder and holder ~= ARGV[1] then
  return false
end
local before = redis.call('GET', KEYS[1])
if ARGV[2] == 'D' then
  if before == ARGV[4] then
    redis.call('DEL', KEYS[1])
    before = false
  end
  redis.call('DEL', KEYS[2])
  return before
end
if before then
  redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[3])
end
return before
