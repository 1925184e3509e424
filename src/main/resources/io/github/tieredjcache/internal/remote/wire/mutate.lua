-- Applies mutations, each of one entry, if its precondition holds. Seven parameters for each key:
--   1 precondition: 'A' always, 'N' no entry, 'P' an entry, 'V' and the version of the entry,
--     'L' and the id of the write lease, 'F' and the id of the load lease
--   2 action: 'S' set, 'R' remove, 'T' touch if that is due, 'K' keep: give the lease back and change nothing,
--     'X' extend the lease by the lifetime of a new entry, 'E' invalidate the entry
--   3 version of the new entry
--   4 lifetime in ms of a new entry, 5 of a replaced or touched one: 0 expires it, -1 keeps its deadline, -2 is eternal
--   6 flags: 'a' waits for a write lease, 'o' returns the old entry,
--     'w' returns the entry that made the precondition fail, 'v' invalidates an entry whose lease was lost,
--     'k' keeps the lease, 'd' removes the old entry if there is no memory for the new one
--   7 value to set
-- Returns a reply for each key. Without memory it ends with the first mutation that needs some.
local over = epochIsOver()
local outOfMemory

-- After the first change of a script, Redis stores further values although it has no memory for them.
local function storeInMemory(key, bytes, removeAt)
  local stored = outOfMemory or store(key, bytes, removeAt)
  if stored.err and string.find(stored.err, 'OOM', 1, true) then
    outOfMemory = stored
  end
  return stored
end

local function mutate(key, condition, action, version, creation, update, flags, value)
  if over then
    return { EPOCH_OVER, 0, NOTHING, false }
  end
  local precondition = string.sub(condition, 1, 1)
  local operand = string.sub(condition, 2)
  local state = readState(key)
  local existed = state.exists and 1 or 0

  local function flagged(flag)
    return string.find(flags, flag, 1, true) ~= nil
  end

  local function entryIf(flag)
    if state.exists and flagged(flag) then
      return readWhole(key)
    end
    return false
  end

  -- Makes the entry absent, because the source may hold another value by now. A write lease of another holder stays,
  -- but its commit is not stored: the order in which the source received the two writes is unknown.
  local function invalidate()
    if not (state.leased and dropOld(key, state, '\3')) then
      redis.call('DEL', key)
    end
  end

  local function failed()
    return { FAILED, existed, state.exists and remaining(state.deadline) or NOTHING, entryIf('w') }
  end

  if precondition == 'L' then
    -- Whatever the clock shows, which may have jumped: who writes, or takes the lease after its end, replaces its id.
    if state.lease ~= operand then
      if flagged('v') then
        invalidate()
      end
      return { FAILED, existed, NOTHING, false }
    end
    if state.inDoubt and (action == 'S' or action == 'R') then
      if not flagged('k') then
        redis.call('DEL', key)
      end
      return { FAILED, 0, NOTHING, false }
    end
  elseif precondition == 'F' then
    if not (state.loading and state.lease == operand) then
      return failed()
    end
  elseif state.leased and flagged('a') then
    if state.expired and action == 'R' then
      dropOld(key, state, '\0')
    end
    return { BUSY, existed, state.leaseEnd - now(), false }
  elseif precondition == 'N' and state.exists then
    return failed()
  elseif precondition == 'P' and not state.exists then
    return failed()
  elseif precondition == 'V' and not (state.exists and state.version == operand) then
    return failed()
  end

  local old = entryIf('o')

  if action == 'T' then
    local lifetime = tonumber(update)
    -- The caller found the touch due, with a deadline that errs early; it is not due here only if another node touched
    -- the entry first.
    if not (isTouchDue(state, lifetime, 0.05) and touch(key, state, lifetime)) then
      return failed()
    end
    return { APPLIED, existed, lifetime, old }
  end

  -- Removes the entry; the lease stays if its flag is set.
  local function remove()
    if flagged('k') then
      local stored = store(key, leased(WRITING, operand, state.leaseEnd, 0, NO_VERSION, 0, ''), state.leaseEnd)
      if stored.err then
        if flagged('v') then
          redis.call('DEL', key)
        end
        return stored
      end
    else
      redis.call('DEL', key)
    end
    return { APPLIED, existed, NOTHING, old }
  end

  if action == 'E' then
    invalidate()
    return { APPLIED, existed, NOTHING, false }
  end

  if action == 'R' then
    return remove()
  end

  if action == 'X' then
    local extended = extend(key, state, now() + tonumber(creation), existed == 1 or state.expired)
    if extended.err then
      return extended
    end
    return { APPLIED, existed, NOTHING, false }
  end

  if action == 'K' then
    if not (state.exists or state.expired) then
      redis.call('DEL', key)
      return { APPLIED, existed, NOTHING, old }
    end
    local kept = string.sub(redis.call('GET', key), state.valueAt)
    local bytes = header(VALUE, state.version, state.deadline) .. kept
    local stored = rewrite(store, key, bytes, removalTime(state.deadline))
    if stored.err then
      return stored
    end
    return { APPLIED, existed, state.exists and remaining(state.deadline) or NOTHING, old }
  end

  -- The holder of a lease decided by the entry that it read when it took the lease, so it sends one lifetime for
  -- both cases.
  local lifetime = tonumber((state.exists or precondition == 'L') and update or creation)
  local deadline = 0
  if lifetime == -1 then
    deadline = state.deadline
  elseif lifetime ~= ETERNAL then
    deadline = now() + lifetime
  end
  if lifetime == 0 or (deadline ~= 0 and now() > deadline) then
    return remove()
  end
  local stored
  if flagged('k') then
    local expiresWithLease = flagged('v')
    local bytes = leased(WRITING, operand, state.leaseEnd, expiresWithLease and 2 or 1, version, deadline, value)
    stored = storeInMemory(key, bytes, leasedRemovalTime(state.leaseEnd, expiresWithLease, true, deadline))
  else
    stored = storeInMemory(key, header(VALUE, version, deadline) .. value, removalTime(deadline))
  end
  if stored.err then
    if precondition == 'L' and flagged('v') then
      redis.call('DEL', key)
    end
    if flagged('d') and stored == outOfMemory then
      redis.call('DEL', key)
      return { DROPPED, existed, NOTHING, old }
    end
    return stored
  end
  track(key)
  return { APPLIED, existed, remaining(deadline), old }
end

local replies = {}
for i = 1, #KEYS - 1 do
  local first = 7 * (i - 1) + 1
  replies[i] = mutate(KEYS[i], unpack(ARGV, first, first + 6))
  if replies[i].err then
    trackWritten()
    return replies[i]
  end
end
trackWritten()
return replies
