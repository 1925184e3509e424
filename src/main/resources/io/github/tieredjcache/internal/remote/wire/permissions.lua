-- Asks for the commands that the other scripts of this user call whether he may run them; changes nothing.
--   KEYS 1 a key of the cache that never has a value
-- Answers the names of those that he may not; each is asked in a way that a missing key makes harmless.
local asked = {
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
for _, command in ipairs(asked) do
  local answer = redis.pcall(unpack(command))
  local err = type(answer) == 'table' and answer.err
  -- Its versions have different words for it; there may be other errors, such as that it has no memory left.
  if err and (err:find('NOPERM', 1, true) or err:find('executing the script', 1, true)) then
    refused[#refused + 1] = command[1]
  end
end
return refused
