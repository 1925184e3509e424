-- Returns the names of the commands that the other scripts call and this user may not run; changes nothing.
--   KEYS 1 a key of the cache that never has a value
-- Each command is called in a form that does nothing to an absent key.
local commands = {
  { 'GET', KEYS[1] },
  { 'GETRANGE', KEYS[1], 0, 0 },
  { 'EXISTS', KEYS[1] },
  { 'SET', KEYS[1], '', 'XX' },
  { 'SETRANGE', KEYS[1], 0, '' },
  { 'DEL', KEYS[1] },
  { 'PERSIST', KEYS[1] },
  { 'PEXPIREAT', KEYS[1], 1 },
  { 'TIME' },
}
local refused = {}
for _, command in ipairs(commands) do
  local reply = redis.pcall(unpack(command))
  local err = type(reply) == 'table' and reply.err
  -- The text of the error differs between versions of Redis and Valkey; other errors, such as OOM, are no refusal.
  if err and (err:find('NOPERM', 1, true) or err:find('executing the script', 1, true) or err:find('ACL failure', 1, true)) then
    refused[#refused + 1] = command[1]
  end
end
return refused
