-- Reads an entry and gives it another lifetime, if that is due.
--   1 lifetime in ms: 0 ends it, -2 is for ever
if isOver() then
  return { MOVED, 0, NOTHING, false }
end
local key = KEYS[1]
local now = clock()
local seen = look(key, now)
if not seen.exists then
  return { FAILED, 0, NOTHING, false }
end
local cell = whole(key)
if not cell then
  return { FAILED, 1, NOTHING, false }
end
local lifetime = tonumber(ARGV[1])
if not (isTouchDue(seen, lifetime, now, 0.1) and touch(key, seen, lifetime, now)) then
  return { FAILED, 1, remaining(seen.deadline, now), cell }
end
return { APPLIED, 1, lifetime, cell }
