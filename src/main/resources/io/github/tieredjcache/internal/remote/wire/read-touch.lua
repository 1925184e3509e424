-- Reads an entry and gives it another lifetime, if that is due.
--   1 lifetime in ms: 0 expires the entry, -2 is eternal
if epochIsOver() then
  return { EPOCH_OVER, 0, NOTHING, false }
end
local key = KEYS[1]
local state = readState(key)
if not state.exists then
  return { FAILED, 0, NOTHING, false }
end
local bytes = readWhole(key)
if not bytes then
  return { FAILED, 1, NOTHING, false }
end
local lifetime = tonumber(ARGV[1])
if not (isTouchDue(state, lifetime, 0.1) and touch(key, state, lifetime)) then
  return { FAILED, 1, remaining(state.deadline), bytes }
end
trackWritten()
return { APPLIED, 1, lifetime, bytes }
