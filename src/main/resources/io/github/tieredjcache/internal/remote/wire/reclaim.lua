-- Takes, renews or gives back the right to remove the leftovers of earlier epochs of a cache.
--   KEYS 1 the number of the epoch before which entries may be left  2 the id of the node that removes them
--   ARGV 1 the id of the caller  2 'T' takes or renews the right, 'D' gives it back when all entries before epoch 4
--     were removed
--        3 for how many ms the right holds
-- Returns the first epoch whose entries stay; nil if there are no leftovers, or if another node removes them.
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
  -- After a command that writes, even one that changes nothing, a script may store without memory.
  redis.pcall('PERSIST', KEYS[1])
  redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[3])
end
return before
