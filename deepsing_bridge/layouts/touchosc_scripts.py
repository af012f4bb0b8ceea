"""What runs in a TouchOSC layout, in Lua: it shows what the bridge tells, and rounds what fingers do."""

import json
from collections.abc import Iterable

from ..live.messages import ROOT
from ..live.vocabulary import Vocabulary
from .panel import SILENCE_MS, by_message, place, with_control

RECEIVE_PORT = 9000  # TouchOSC's own default

SCRIPT = """\
-- Shows what the bridge tells, and subscribes wherever nothing was heard for a while.
local RECEIVE_PORT, SILENCE_MS = {port}, {silence}
local SHOWN = {shown}
local CHOICES = {choices}
local heard = -SILENCE_MS

-- A value that a script sets would be sent: the tag says that it was told.
local function tell(switch, x)
  switch.tag = tostring(x)
  switch.values.x = x
end

function update()
  local now = getMillis()
  if now - heard >= SILENCE_MS then
    heard = now
    sendOSC('{root}/subscribe', RECEIVE_PORT)
  end
end

function onReceiveOSC(message, connections)
  local path, arguments = message[1], message[2]
  heard = getMillis()
  for _, shown in ipairs(SHOWN[path] or {{}}) do
    local argument = arguments[shown.at]
    if argument then
      local number = type(argument.value) == 'number'
      self.children[shown.name].values.text = number and string.format('%.1f', argument.value) or argument.value
    end
  end
  local group = CHOICES[path] and arguments[1] and self.children[CHOICES[path]]
  if group then
    for i = 1, #group.children do
      local button = group.children[i]
      button.values.x = button.name == arguments[1].value and 1 or 0
    end
  end
  if path == '{root}/loop' and arguments[1] then
    tell(self.children.loop, arguments[1].value)
  elseif path == '{root}/param/dim' and arguments[1] then
    tell(self.children.blackout, arguments[1].value == 0 and 1 or 0)
  end
  if path == '{root}/scene' and arguments[{colour}] then
    local hex = arguments[{colour}].value
    local function part(from) return tonumber(hex:sub(from, from + 1), 16) / 255 end
    self.children.feeling.color = Color(part(2), part(4), part(6), 1)
  end
  return false
end
"""

FADER_SCRIPT = """\
function onValueChanged(key)
  if key == 'x' then
    local value = {low} + self.values.x * ({high} - {low})
    self.parent.children['{name} value'].values.text = string.format('%.{decimals}f', value)
  end
end

function init()
  onValueChanged('x')
end
"""

SWITCH_SCRIPT = """\
-- Sends what is switched here, and not what was told.
function onValueChanged(key)
  local x = tostring(self.values.x)
  if key == 'x' and x ~= self.tag then
    self.tag = x
    sendOSC('{address}', {value})
  end
end
"""

CHOICE_SCRIPT = """\
-- One of its neighbours is lit: the one that was pressed last.
function onValueChanged(key)
  if key ~= 'x' then return end
  local lit = false
  local buttons = self.parent.children
  for i = 1, #buttons do
    local button = buttons[i]
    if button.name ~= self.name then
      if self.values.x == 1 then button.values.x = 0 end
      lit = lit or button.values.x == 1
    end
  end
  if self.values.touch and self.values.x == 0 and not lit then self.values.x = 1 end
end
"""


def page_script(vocabulary: Vocabulary) -> str:
    shown = [
        (message.address, ", ".join(f"{{ at = {one.index + 1}, name = {_lua(one.name)} }}" for one in each))
        for message, each in by_message(vocabulary)
    ]
    choices = [*with_control(vocabulary, "menu"), *with_control(vocabulary, "entry")]
    return SCRIPT.format(
        port=RECEIVE_PORT,
        silence=SILENCE_MS,
        root=ROOT,
        shown=_table((address, f"{{ {entries} }}") for address, entries in shown),
        choices=_table((parameter.address, _lua(parameter.name)) for parameter in choices),
        colour=place(vocabulary.events["scene"], "colour") + 1,
    )


def _table(entries: Iterable[tuple[str, str]]) -> str:
    return "{\n" + "".join(f"  [{_lua(key)}] = {value},\n" for key, value in entries) + "}"


def _lua(text: str) -> str:
    """`text` as Lua reads it: JSON's escapes are Lua's but for those of Unicode, which are not made."""
    return json.dumps(text, ensure_ascii=False)
