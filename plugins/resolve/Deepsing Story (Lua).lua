-- Puts a deepsing story on a timeline of DaVinci Resolve: media in a bin, clips, and markers and colours by feeling.
--
-- For the free edition, which lists no Python scripts from version 21.1 on. In Resolve: Workspace > Scripts >
-- Deepsing Story (Lua), or in Workspace > Console, with Lua chosen: dofile([[path of this file]])
--
-- One file for Resolve's own Lua (LuaJIT, the language of Lua 5.1), no modules, no window of its own. Resolve's calls
-- do not raise, they return nil or false: each is checked, and a timeline is compared with the story before it counts
-- as made. "Deepsing Story.py" does the same to Resolve in the same order: change both. What Lua lacks: it reads
-- paths as bytes, so it takes two spellings of an accented letter (macOS) for two files, and on Windows it cannot open
-- a path with letters that are not of the system's own code page.

local RATES = { "23.976", "24", "25", "29.97", "30", "47.952", "48", "50", "59.94", "60" } -- as Resolve names them
local RATE_TOLERANCE = 0.005 -- frames a second: 29.97 for 30000/1001 is the same rate, 30 is not
local KINDS = { "video", "audio" }
local MEDIA_TYPES = { video = 1, audio = 2 } -- as AppendToTimeline counts them
local STILLS = {}
for suffix in ("avif bmp heic heif hif jpeg jpg png tga tif tiff webp"):gmatch("%a+") do
  STILLS[suffix] = true
end
local MARKER_FRAMES = 1
local RESOLUTION = { "timelineResolutionWidth", "timelineResolutionHeight" } -- settings of a timeline
local TROUBLES_TOLD = 3
local WINDOWS = package.config:sub(1, 1) == "\\"
local SLASH = WINDOWS and "\\" or "/"
local NO_REASON = "Resolve gave no reason."
local BY_HAND = "Without this script: File > Import > Timeline, choose story.otio "
  .. "(see the README of the Resolve plugin)."
local NO_STORY = "No story found. Make one with the bridge's command story SONG, or set the environment variable DEEPSING_STORY "
  .. "to a story's folder before Resolve starts. "
  .. BY_HAND

-- A step that did not work, and what to do about it, in words for the user: what `attempt` and `main` catch.
local Failure = {}

local function fail(sentence, ...)
  error(setmetatable({ sentence = select("#", ...) > 0 and sentence:format(...) or sentence }, Failure))
end

-- `answer`, unless it is one of those that Resolve gives in place of an error.
local function checked(answer, call, advice)
  return answer or fail("%s failed. %s", call, advice)
end

-- What `work` returns, or nil and its failure's sentence. An error that is no Failure goes on: it is this script's.
local function guarded(work)
  local well, answer = pcall(work)
  if well then
    return answer
  elseif getmetatable(answer) == Failure then
    return nil, answer.sentence
  end
  error(answer, 0)
end

-- Those of `list` that are `wanted`, in order.
local function picked(list, wanted)
  local found = {}
  for _, one in ipairs(list) do
    if wanted(one) then
      found[#found + 1] = one
    end
  end
  return found
end

-- `change(one)` for each of `list`, in order.
local function changed(list, change)
  local found = {}
  for index, one in ipairs(list) do
    found[index] = change(one)
  end
  return found
end

-- --- JSON: reading, and what is needed to write a path ---------------------------------------------------------

local ESCAPES = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }
local LITERALS = { ["true"] = true, ["false"] = false, ["null"] = false }
local json_value

local function utf8_bytes(code)
  local function byte(lead, shift)
    return lead + math.floor(code / 2 ^ shift) % 0x40
  end
  if code < 0x80 then
    return string.char(code)
  elseif code < 0x800 then
    return string.char(byte(0xC0, 6), byte(0x80, 0))
  elseif code < 0x10000 then
    return string.char(byte(0xE0, 12), byte(0x80, 6), byte(0x80, 0))
  end
  return string.char(byte(0xF0, 18), byte(0x80, 12), byte(0x80, 6), byte(0x80, 0))
end

local function unescape(text)
  local high -- the first half of a letter that takes two
  return (text:gsub("\\(.)(%x?%x?%x?%x?)", function(letter, digits)
    local code = letter == "u" and tonumber(digits, 16)
    if not code then
      return (ESCAPES[letter] or letter) .. digits
    elseif code >= 0xD800 and code < 0xDC00 then
      high = code
      return ""
    elseif code >= 0xDC00 and code < 0xE000 and high then
      code = 0x10000 + (high - 0xD800) * 0x400 + code - 0xDC00
    end
    return utf8_bytes(code)
  end))
end

-- The string that opens at `at`, and where the text goes on.
local function json_string(text, at)
  local close = at
  repeat
    close = text:find('["\\]', close + 1) or fail("a text without end at byte %d", at)
    local escaped = text:sub(close, close) == "\\"
    close = escaped and close + 1 or close
  until not escaped
  return unescape(text:sub(at + 1, close - 1)), close + 1
end

local function json_list(text, at)
  local list, index = {}, 0
  at = text:find("%S", at + 1)
  while text:sub(at, at) ~= "]" do
    index = index + 1
    list[index], at = json_value(text, at)
    at = text:match("^%s*,?%s*()", at)
  end
  return list, at + 1
end

local function json_object(text, at)
  local object, key = {}, nil
  at = text:find("%S", at + 1)
  while text:sub(at, at) ~= "}" do
    key, at = json_string(text, at)
    object[key], at = json_value(text, text:match("^%s*:%s*()", at))
    at = text:match("^%s*,?%s*()", at)
  end
  return object, at + 1
end

-- The value that begins at `at`, and where the text goes on. null is false here, as nil is no value in a table.
function json_value(text, at)
  local first = text:sub(at, at)
  if first == '"' then
    return json_string(text, at)
  elseif first == "{" then
    return json_object(text, at)
  elseif first == "[" then
    return json_list(text, at)
  end
  local word, after = text:match("^([%w+.-]+)()", at)
  if LITERALS[word] ~= nil then
    return LITERALS[word], after
  end
  return tonumber(word) or fail("nothing known at byte %d", at), after
end

local function json_quoted(text)
  return '"' .. text:gsub('[%c"\\]', function(letter)
    return ("\\u%04x"):format(letter:byte())
  end) .. '"'
end

-- --- Files -----------------------------------------------------------------------------------------------------

local function read_text(path)
  local file = io.open(path, "rb")
  local text = file and file:read("*a")
  if file then
    file:close()
  end
  return text
end

local function is_file(path)
  local file = io.open(path, "rb")
  local readable = file and file:read(0) ~= nil
  if file then
    file:close()
  end
  return readable or false
end

local function base_name(path)
  return path:match("[^/\\]*$")
end

local function temporary_folder()
  return os.getenv("TMPDIR") or os.getenv("TEMP") or os.getenv("TMP") or "/tmp"
end

-- `name` in `folder`, or in the temporary folder where that cannot be written.
local function writable(folder, name)
  for _, place in ipairs({ folder, temporary_folder() }) do
    local path = place .. SLASH .. name
    local file = io.open(path, "a")
    if file then
      file:close()
      return path
    end
  end
  fail("%s: cannot write %s there, nor in %s. Make room on the disk.", folder, name, temporary_folder())
end

-- --- Which story, and what is in it ----------------------------------------------------------------------------

-- `named` as a folder if a finished story is there, else nil. A path to the .otio itself will do.
local function story_folder(named)
  local function home()
    return os.getenv("HOME")
  end
  local folder = (named or ""):gsub("^~", home):gsub("[/\\]story%.otio$", ""):gsub("[/\\]$", "")
  return folder ~= "" and is_file(folder .. SLASH .. "story.otio") and folder or nil
end

-- Folders, newest first, from the list that the bridge keeps; there may be no list, and folders may be gone.
local function recent_stories()
  local homes = {
    { "XDG_DATA_HOME", "" },
    { "HOME", "/.local/share" },
    { "HOME", "/Library/Application Support" },
    { "LOCALAPPDATA", "" },
  }
  for _, home in ipairs(homes) do
    local listing = os.getenv(home[1]) and read_text(os.getenv(home[1]) .. home[2] .. "/deepsing-bridge/stories.txt")
    if listing then
      return listing:gmatch("[^\r\n]+")
    end
  end
  return function() end
end

-- The folder that the user picks, or nil: where Resolve has no window for it, or it was cancelled.
local function ask_for_folder(resolve)
  local asked, folder = pcall(function()
    return resolve:Fusion():RequestDir()
  end)
  return asked and folder or nil
end

-- The folder that was named, else the newest that is still there, else one that the user is asked for.
local function choose_story(named, resolve)
  if named and named ~= "" then
    return story_folder(named) or fail("%s: no story.otio there. Name the folder of a finished story.", named)
  end
  for folder in recent_stories() do
    if story_folder(folder) then
      return story_folder(folder)
    end
  end
  return story_folder(ask_for_folder(resolve)) or fail(NO_STORY)
end

local function rate_name(rate)
  for _, name in ipairs(RATES) do
    if math.abs(tonumber(name) - rate) < RATE_TOLERANCE then
      return name
    end
  end
  fail("frame rate %s: expected one of %s", rate, table.concat(RATES, ", "))
end

-- Where the media is now that was `written` in the file: in the story's own `media`, if it is there.
local function media_now(folder, written)
  local beside = folder .. SLASH .. "media" .. SLASH .. base_name(written)
  return is_file(written) and not is_file(beside) and written or beside
end

-- The .otio's text with media paths that hold now, and whether those are others than before.
local function relinked(text, folder)
  local parts, done, moved = {}, 1, false
  for at in text:gmatch('"target_url"%s*:%s*()"') do
    local written, after = json_string(text, at)
    local now = media_now(folder, written)
    moved = moved or now ~= written
    table.insert(parts, text:sub(done, at - 1) .. json_quoted(now))
    done = after
  end
  return table.concat(parts) .. text:sub(done), moved
end

-- What the story's marker tells of the scene that the clip shows, or nil. Its colours are Resolve's, in capitals.
local function clip_scene(clip)
  for _, marker in ipairs(clip.markers) do
    if marker.metadata.deepsing then
      local colour = marker.color:sub(1, 1):upper() .. marker.color:sub(2):lower()
      return { label = marker.name, note = marker.comment, colour = colour }
    end
  end
end

-- Where the media's part begins, from its first frame, and how many frames of it are one of the story's: somebody's own
-- footage has a rate and a timecode of its own.
local function source(used, there)
  local rate, own = used.start_time.rate, there.duration.rate
  local begins = there.start_time.value * rate / there.start_time.rate
  local same = math.abs(own - rate) < RATE_TOLERANCE
  return math.floor(used.start_time.value - begins + 0.5), same and 1 or own / rate
end

-- An item is a clip on a track. All times in frames at the story's rate, positions from the story's start.
local function add_track_items(items, kind, track, children)
  local start = 0
  for _, child in ipairs(children) do
    local is_dissolve = child.OTIO_SCHEMA == "Transition.1" -- lies over the clips beside it, and takes no time of its own
    local span = child.source_range
    if child.OTIO_SCHEMA == "Clip.2" then
      local reference = child.media_references[child.active_media_reference_key]
      local first, conform = source(span, reference.available_range)
      table.insert(items, {
        kind = kind,
        track = track, -- 1 is the first of its kind
        start = start,
        frames = span.duration.value,
        source_start = first, -- from the first frame of the media
        conform = conform, -- frames of the media to one of the story's
        file = reference.target_url,
        scene = clip_scene(child),
      })
    elseif child.OTIO_SCHEMA ~= "Gap.1" and not is_dissolve then
      fail("%s: expected clips, gaps and dissolves only", child.OTIO_SCHEMA)
    end
    start = is_dissolve and start or start + span.duration.value
  end
end

local function document_items(document)
  local items, numbers = {}, { video = 0, audio = 0 }
  for _, track in ipairs(document.tracks.children) do
    local kind = track.kind:lower()
    numbers[kind] = numbers[kind] + 1
    add_track_items(items, kind, numbers[kind], track.children)
  end
  return items
end

-- The story's media, each once, in order.
local function story_files(items)
  local files, seen = {}, {}
  for _, item in ipairs(items) do
    if not seen[item.file] then
      table.insert(files, item.file)
    end
    seen[item.file] = true
  end
  return files
end

-- How many dissolves there are on all tracks.
local function count_dissolves(document)
  local count = 0
  for _, track in ipairs(document.tracks.children) do
    for _, child in ipairs(track.children) do
      count = child.OTIO_SCHEMA == "Transition.1" and count + 1 or count
    end
  end
  return count
end

-- Width and height that story.json tells, if it is there and one of ours, as Resolve's settings have them.
local function picture_size(folder)
  local well, told = pcall(function()
    return json_value(read_text(folder .. SLASH .. "story.json"), 1)
  end)
  if not well or type(told) ~= "table" or not tonumber(told.width) or not tonumber(told.height) then
    return nil
  end
  return ("%d"):format(told.width), ("%d"):format(told.height)
end

local function text_to_story(folder, written)
  local text, moved = relinked(written, folder)
  local document = json_value(text, 1)
  local start, items = document.global_start_time, document_items(document)
  local told = (document.metadata.deepsing or {}).start_timecode or ""
  return {
    folder = folder,
    name = document.name,
    rate = rate_name(start.rate), -- one of RATES
    start = start.value, -- frame number of its first frame
    drop_frame = told:find(";", 1, true) ~= nil, -- whether its timecode counts so
    size = { picture_size(folder) }, -- of its pictures, pixels; empty where story.json does not tell
    dissolves = count_dissolves(document),
    items = items,
    files = story_files(items),
    text = text, -- the .otio itself, with media paths that hold now
    moved = moved, -- whether those are others than in the file
  }
end

-- The story in `folder`. Fails for a file that is none, or media that are missing.
local function read_story(folder)
  local path = folder .. SLASH .. "story.otio"
  local well, story = pcall(text_to_story, folder, read_text(path))
  if not well then
    local reason = getmetatable(story) == Failure and story.sentence or tostring(story)
    fail("%s: not a story's timeline (%s). Make the story again, into a new folder.", path, reason)
  end
  local missing = picked(story.files, function(file)
    return not is_file(file)
  end)
  if #missing > 0 then
    fail(
      "Missing in %s: %s. Copy the whole story folder, or make the story "
        .. "again with the same command: what is there stays.",
      folder .. SLASH .. "media",
      table.concat(changed(missing, base_name), ", ")
    )
  end
  return story
end

-- --- Saying and writing ----------------------------------------------------------------------------------------

local log_path -- nil until a story is known

-- Whether the whole of `text` is at `path` now, after what was there if `mode` is "a". If not, why.
local function put_text(path, mode, text)
  local file, trouble = io.open(path, mode)
  if not file then
    return false, trouble
  end
  local written, refused = file:write(text)
  local closed, lost = file:close() -- what was only buffered is written now
  return written and closed and true or false, refused or lost
end

-- A log that can no longer be written ends, and nothing else does.
local function write_log(line)
  if not log_path then
    return
  end
  local written, trouble = put_text(log_path, "a", line .. "\n")
  if not written then
    log_path = nil
    print("No more is written to the log: " .. tostring(trouble))
  end
end

-- To Resolve's console, and to `resolve.log` once a story is known.
local function say(sentence, ...)
  local line = select("#", ...) > 0 and sentence:format(...) or sentence
  print(line)
  write_log(line)
end

local function open_log(folder, resolve)
  log_path = writable(folder, "resolve.log")
  local now = os.date("%Y-%m-%d %H:%M:%S")
  write_log(("--- %s, Lua, %s %s"):format(now, resolve:GetProductName(), resolve:GetVersionString()))
end

local function listed(names)
  local shown = table.concat(names, ", ", 1, math.min(#names, TROUBLES_TOLD))
  return #names <= TROUBLES_TOLD and shown or ("%s and %d more"):format(shown, #names - TROUBLES_TOLD)
end

-- --- Comparing what Resolve says -------------------------------------------------------------------------------

-- What a `timelineFrameRate` is, in frames a second: it may be "29.97", 29.97 or "29.97 DF". 0 if it is none.
local function rate_number(setting)
  return tonumber(tostring(setting):match("^[%d.]+")) or 0
end

-- Whether a `timelineFrameRate` is `rate`; also without its fraction, as Resolve 18 gives that of a timeline.
local function same_rate(setting, rate)
  local number, wanted = rate_number(setting), tonumber(rate)
  return math.abs(number - wanted) < RATE_TOLERANCE or math.abs(number - math.floor(wanted)) < RATE_TOLERANCE
end

-- "1920x1080": Resolve has the numbers as text or as numbers.
local function resolution(timeline)
  return tostring(timeline:GetSetting(RESOLUTION[1])) .. "x" .. tostring(timeline:GetSetting(RESOLUTION[2]))
end

-- A path as it compares: Windows has two slashes and no case.
local function path_key(path)
  return WINDOWS and (path or ""):gsub("/", "\\"):lower() or path or ""
end

-- The first of `name`, `name 2`, `name 3` and so on that is `free`.
local function numbered(name, free)
  local candidate, number = name, 1
  while not free(candidate) do
    number = number + 1
    candidate = ("%s %d"):format(name, number)
  end
  return candidate
end

-- Drop-frame leaves out numbers in every minute but each tenth, and has a semicolon before the frames.
local function timecode(frame, rate, drop_frame)
  local second = math.floor(tonumber(rate) + 0.5)
  if drop_frame then
    local dropped = 2 * math.floor(second / 30)
    local ten_minutes = 600 * second - 9 * dropped
    local tens, rest = math.floor(frame / ten_minutes), frame % ten_minutes
    local minutes = math.floor(math.max(rest - dropped, 0) / (60 * second - dropped))
    frame = frame + dropped * (9 * tens + minutes)
  end
  local seconds = math.floor(frame / second)
  local hours, minutes = math.floor(seconds / 3600), math.floor(seconds / 60) % 60
  local mark = drop_frame and ";" or ":"
  return ("%02d:%02d:%02d%s%02d"):format(hours, minutes, seconds % 60, mark, frame % second)
end

-- The timeline's clips on a track, in order of time.
local function is_still(file)
  return STILLS[(file:match("%.(%w+)$") or ""):lower()] or false
end

-- Stills each alone: of a run of numbers Resolve makes one sequence. All else together.
local function by_import(files)
  local others, calls = {}, {}
  for _, file in ipairs(files) do
    table.insert(is_still(file) and calls or others, is_still(file) and { file } or file)
  end
  if #others > 0 then
    table.insert(calls, 1, others)
  end
  return calls
end

-- The number of the media's frame that is on `frame` frames after the clip's start; halves upwards.
local function media_frame(item, frame)
  return math.floor((item.source_start + frame) * item.conform + 0.5)
end

-- Exactly, where media have the story's rate. Else it may be counted in either, and rounded; of a still it means nothing.
local function is_left_offset(item, offset)
  if is_still(item.file) then
    return true
  end
  local slack = item.conform ~= 1 and 1 or 0
  return math.abs(offset - item.source_start) <= slack or math.abs(offset - media_frame(item, 0)) <= slack
end

local function clips_of(timeline, kind, track)
  local clips = timeline:GetItemListInTrack(kind, track) or {}
  table.sort(clips, function(one, other)
    return one:GetStart() < other:GetStart()
  end)
  return clips
end

-- Where the timeline's `clip` is not `item`. Its left offset is the frame of the media that it begins with.
local function add_clip_differences(troubles, item, clip, start)
  local function differs(words, ...)
    table.insert(troubles, base_name(item.file) .. " " .. words:format(...))
  end
  if clip:GetStart() ~= start + item.start then
    differs("starts at frame %d, not %d", clip:GetStart(), start + item.start)
  end
  if clip:GetDuration() ~= item.frames then
    differs("has %d frames, not %d", clip:GetDuration(), item.frames)
  end
  if item.kind == "video" and not is_left_offset(item, clip:GetLeftOffset()) then
    differs("begins with frame %d of its media, not %d", clip:GetLeftOffset(), item.source_start)
  end
  local media = clip:GetMediaPoolItem()
  if not media or media:GetClipProperty("Online Status") == "Offline" then
    differs("is offline")
  elseif path_key(media:GetClipProperty("File Path")) ~= path_key(item.file) then
    differs("is linked to %s", media:GetClipProperty("File Path"))
  end
end

-- --- In Resolve ------------------------------------------------------------------------------------------------

-- Brings one story into the project that is open. Takes away nothing but a timeline that it made itself.
local Importer = {}
Importer.__index = Importer

function Importer.new(resolve, story)
  local self = setmetatable({ story = story }, Importer)
  local manager = checked(resolve:GetProjectManager(), "Resolve.GetProjectManager", "Start Resolve again.")
  self.project = checked(manager:GetCurrentProject(), "ProjectManager.GetCurrentProject", "Open a project first.")
  self.pool = checked(self.project:GetMediaPool(), "Project.GetMediaPool", "Open a project first.")
  self:require_saved(manager)
  return self
end

-- In a project that was never saved Resolve's calls do nothing, and say nothing.
function Importer:require_saved(manager)
  local name = self.project:GetName()
  for _, saved in ipairs(manager:GetProjectListInCurrentFolder() or {}) do
    if saved == name then
      return
    end
  end
  local advice = ('The project "%s" was never saved. Save it (File > Save Project), then run this again.'):format(name)
  checked(manager:SaveProject(), "ProjectManager.SaveProject", advice)
end

function Importer:run()
  say('Story "%s" from %s', self.story.name, self.story.folder)
  local folder, before = self.pool:GetCurrentFolder(), self.project:GetCurrentTimeline()
  local timeline, trouble = guarded(function()
    return self:bring_in()
  end)
  self:put_back(folder, timeline or before)
  if trouble then
    fail(trouble)
  end
  self:tell_what_is_there(timeline)
end

function Importer:bring_in()
  self:set_frame_rate()
  local timeline = self:make_timeline(self:import_media())
  self:set_size(timeline)
  self:add_markers(timeline)
  self:colour_clips(timeline)
  return timeline
end

-- The user's bin is the current one again, and the new timeline or, if there is none, the user's.
function Importer:put_back(folder, timeline)
  if folder and not self.pool:SetCurrentFolder(folder) then
    say("MediaPool.SetCurrentFolder failed: another bin than before is open.")
  end
  if timeline and not self.project:SetCurrentTimeline(timeline) then
    say('Project.SetCurrentTimeline failed: open "%s" by a double click in its bin.', timeline:GetName())
  end
end

-- First of all, as the first media in a project fix its rate.
function Importer:set_frame_rate()
  local rate = self.story.rate
  if same_rate(self.project:GetSetting("timelineFrameRate"), rate) then
    return
  end
  self.project:SetSetting("timelineFrameRate", rate)
  local now = self.project:GetSetting("timelineFrameRate")
  if same_rate(now, rate) then
    say("The project's frame rate is %s now.", rate)
  else
    say(
      "Project.SetSetting: the project stays at %g frames a second, as it holds media or timelines. "
        .. "Trying a timeline of its own rate, %s.",
      rate_number(now),
      rate
    )
  end
end

-- The timeline's own resolution, where the project has another than the pictures.
function Importer:set_size(timeline)
  local wanted = table.concat(self.story.size, "x")
  if wanted == "" or resolution(timeline) == wanted then
    return
  end
  timeline:SetSetting("useCustomSettings", "1")
  for index, name in ipairs(RESOLUTION) do
    timeline:SetSetting(name, self.story.size[index])
  end
  if resolution(timeline) == wanted then
    say("The timeline's resolution is %s, that of the pictures.", wanted)
  else
    say(
      "Timeline.SetSetting: the timeline's resolution is %s, not %s. Set it by hand: right click the timeline > "
        .. "Timelines > Timeline Settings.",
      resolution(timeline),
      wanted
    )
  end
end

-- Media

-- The story's media by `path_key`, all in its bin, which is the current one now.
function Importer:import_media()
  local folder = self:find_bin()
  checked(self.pool:SetCurrentFolder(folder), "MediaPool.SetCurrentFolder", "Close other windows of Resolve.")
  local wanted = self:files_not_in(self:media_in(folder))
  for _, files in ipairs(by_import(wanted)) do
    self.pool:ImportMedia(files)
  end
  local media = self:media_in(folder)
  local refused = changed(self:files_not_in(media), base_name)
  if #refused > 0 then
    fail(
      "MediaPool.ImportMedia did not take %s. Drag one of them from %s into "
        .. "the media pool: if that fails too, this Resolve cannot read it.",
      listed(refused),
      self.story.folder
    )
  end
  local all = #self.story.files
  say('Bin "%s": %d files imported, %d were there.', folder:GetName(), #wanted, all - #wanted)
  return media
end

function Importer:files_not_in(media)
  return picked(self.story.files, function(file)
    return not media[path_key(file)]
  end)
end

-- The bin of the story's name that is empty or has media of it, else a new one.
function Importer:find_bin()
  local root = checked(self.pool:GetRootFolder(), "MediaPool.GetRootFolder", "Open a project first.")
  local bins = {}
  for _, folder in ipairs(root:GetSubFolderList() or {}) do
    bins[folder:GetName()] = folder
  end
  local name = numbered(self.story.name, function(name)
    return not bins[name] or self:may_use(bins[name])
  end)
  return bins[name]
    or checked(self.pool:AddSubFolder(root, name), "MediaPool.AddSubFolder", ('Make the bin "%s".'):format(name))
end

function Importer:may_use(folder)
  return #(folder:GetClipList() or {}) == 0 or next(self:media_in(folder)) ~= nil
end

-- The media pool items of the story in `folder`.
function Importer:media_in(folder)
  local wanted, media = {}, {}
  for _, file in ipairs(self.story.files) do
    wanted[path_key(file)] = true
  end
  for _, item in ipairs(folder:GetClipList() or {}) do
    local key = path_key(item:GetClipProperty("File Path"))
    media[key] = wanted[key] and item or nil
  end
  return media
end

-- Timeline

-- By the .otio, else clip by clip; right in every frame, or not at all.
function Importer:make_timeline(media)
  local imported, appended = "MediaPool.ImportTimelineFromFile", "MediaPool.AppendToTimeline"
  local function built(last)
    return function(name)
      return self:build(media, last, name)
    end
  end
  local function by_otio(name)
    return self:import_otio(name)
  end
  local ways = {
    { imported, by_otio },
    { appended, built(0) }, -- from Resolve 19 on, endFrame is not played
    { appended, built(-1) }, -- up to Resolve 18, it is
  }
  for _, way in ipairs(ways) do
    local timeline, trouble = self:attempt(way[2])
    if timeline then
      return timeline
    end
    say("%s: %s", way[1], trouble)
  end
  fail(
    "No timeline was made: %s and %s both failed, see above. Make a new project, save it, set its frame rate to %s "
      .. "(File > Project Settings > Master Settings) and run this again. %s",
    imported,
    appended,
    self.story.rate,
    BY_HAND
  )
end

-- The timeline that `make` makes under a free name; or nil and why, with none left, if it is not the story.
function Importer:attempt(make)
  local taken = {}
  for _, timeline in ipairs(self:timelines()) do
    taken[timeline:GetName()] = true
  end
  local name = numbered(self.story.name, function(name)
    return not taken[name]
  end)
  local timeline, trouble = guarded(function()
    local timeline = make(name)
    local troubles = self:differences(timeline)
    return #troubles == 0 and timeline or fail(listed(troubles) .. ".")
  end)
  if trouble then
    self:remove(name)
  end
  return timeline, trouble
end

function Importer:timelines()
  local timelines = {}
  for index = 1, self.project:GetTimelineCount() or 0 do
    timelines[index] = self.project:GetTimelineByIndex(index)
  end
  return timelines
end

-- The timeline `name` of this run: there was none of that name before.
function Importer:remove(name)
  local mine = picked(self:timelines(), function(timeline)
    return timeline:GetName() == name
  end)
  if #mine > 0 and not self.pool:DeleteTimelines(mine) then
    say('MediaPool.DeleteTimelines failed: delete the timeline "%s", it is not right.', name)
  end
end

function Importer:import_otio(name)
  local options = {
    timelineName = name,
    importSourceClips = true,
    sourceClipsPath = self.story.folder .. SLASH .. "media",
  }
  return self:with_otio(function(path)
    return checked(self.pool:ImportTimelineFromFile(path, options), "The import", NO_REASON)
  end)
end

-- `use` of the story's own file, or, if its media have moved, of a copy with the new paths.
function Importer:with_otio(use)
  if not self.story.moved then
    return use(self.story.folder .. SLASH .. "story.otio")
  end
  local path = writable(self.story.folder, "resolve-moved.otio")
  local timeline, trouble = guarded(function()
    local written, reason = put_text(path, "wb", self.story.text)
    return written and use(path) or fail("A copy with the new paths could not be written: %s.", tostring(reason))
  end)
  os.remove(path)
  return timeline or fail(trouble)
end

-- Clip by clip. `last` is 0 where endFrame is the frame after the last one played, -1 where it is that one.
function Importer:build(media, last, name)
  local timeline = checked(self.pool:CreateEmptyTimeline(name), "MediaPool.CreateEmptyTimeline", NO_REASON)
  checked(self.project:SetCurrentTimeline(timeline), "Project.SetCurrentTimeline", NO_REASON)
  self:prepare(timeline)
  local rows = changed(self.story.items, function(item)
    return self:row(item, media, last)
  end)
  checked(self.pool:AppendToTimeline(rows), "The call", NO_REASON)
  if self.story.dissolves > 0 then
    say(
      "%d dissolves are hard cuts: scripts cannot place them, only Resolve's import of story.otio can. Clips have "
        .. "handles: select them all, then Timeline > Add Transition.",
      self.story.dissolves
    )
  end
  return timeline
end

-- Rate, start and tracks; what Resolve refuses here is seen in the finished timeline.
function Importer:prepare(timeline)
  if not same_rate(timeline:GetSetting("timelineFrameRate"), self.story.rate) then
    timeline:SetSetting("useCustomSettings", "1")
    timeline:SetSetting("timelineFrameRate", self.story.rate)
  end
  if self.story.drop_frame then
    timeline:SetSetting("useCustomSettings", "1")
    timeline:SetSetting("timelineDropFrameTimecode", "1")
  end
  timeline:SetStartTimecode(timecode(self.story.start, self.story.rate, self.story.drop_frame))
  for _, kind in ipairs(KINDS) do
    for _ = (timeline:GetTrackCount(kind) or 0) + 1, self:track_count(kind) do
      timeline:AddTrack(kind)
    end
  end
end

function Importer:track_count(kind)
  local count = 0
  for _, item in ipairs(self.story.items) do
    count = item.kind == kind and math.max(count, item.track) or count
  end
  return count
end

function Importer:row(item, media, last)
  return {
    mediaPoolItem = media[path_key(item.file)],
    startFrame = media_frame(item, 0),
    endFrame = media_frame(item, item.frames) + last,
    mediaType = MEDIA_TYPES[item.kind],
    trackIndex = item.track,
    recordFrame = self.story.start + item.start,
  }
end

-- Is it the story?

-- Where `timeline` is not the story, in words.
function Importer:differences(timeline)
  local troubles = {}
  local rate, start = timeline:GetSetting("timelineFrameRate"), timeline:GetStartFrame()
  if not same_rate(rate, self.story.rate) then
    table.insert(troubles, ("the timeline has %g frames a second, not %s"):format(rate_number(rate), self.story.rate))
  end
  if start ~= self.story.start then
    table.insert(troubles, ("the timeline starts at frame %d, not %d"):format(start, self.story.start))
  end
  for _, kind in ipairs(KINDS) do
    for track = 1, math.max(timeline:GetTrackCount(kind) or 0, self:track_count(kind)) do
      self:add_track_differences(troubles, timeline, kind, track)
    end
  end
  return troubles
end

function Importer:items_on(kind, track)
  return picked(self.story.items, function(item)
    return item.kind == kind and item.track == track
  end)
end

function Importer:add_track_differences(troubles, timeline, kind, track)
  local wanted, clips = self:items_on(kind, track), clips_of(timeline, kind, track)
  if #clips ~= #wanted then
    table.insert(troubles, ("%s track %d has %d clips, not %d"):format(kind, track, #clips, #wanted))
  end
  for index = 1, math.min(#wanted, #clips) do
    add_clip_differences(troubles, wanted[index], clips[index], self.story.start)
  end
end

-- What the story felt

function Importer:scenes()
  return picked(self.story.items, function(item)
    return item.scene
  end)
end

function Importer:add_markers(timeline)
  local refused = {}
  for number, item in ipairs(self:scenes()) do
    local scene = item.scene
    local ours = ("deepsing scene %d"):format(number)
    if not timeline:AddMarker(item.start, scene.colour, scene.label, scene.note, MARKER_FRAMES, ours) then
      table.insert(refused, ("%s at frame %d"):format(scene.label, item.start))
    end
  end
  if #refused > 0 then
    say("Timeline.AddMarker refused %s. The clips are not touched by this.", listed(refused))
  end
end

function Importer:colour_clips(timeline)
  local refused = {}
  for track = 1, self:track_count("video") do
    local clips = clips_of(timeline, "video", track)
    for index, item in ipairs(self:items_on("video", track)) do
      if item.scene and not clips[index]:SetClipColor(item.scene.colour) then
        table.insert(refused, base_name(item.file))
      end
    end
  end
  if #refused > 0 then
    say("TimelineItem.SetClipColor refused %s. The clips are not touched by this.", listed(refused))
  end
end

function Importer:frames()
  local frames = 0
  for _, item in ipairs(self.story.items) do
    frames = math.max(frames, item.start + item.frames)
  end
  return frames
end

function Importer:tell_what_is_there(timeline)
  local rate, frames = self.story.rate, self:frames()
  say(
    'Done: timeline "%s", %d scenes, %d frames (%s) at %s frames a second, every clip online. On the Edit '
      .. "page you see the scenes on Video 1, the song on Audio 1, and a marker at each scene: yellow happy, pink "
      .. "tense, blue sad, green calm, purple neutral. Save the project to keep it.",
    timeline:GetName(),
    #self:scenes(),
    frames,
    timecode(frames, rate),
    rate
  )
end

-- --- From the menu or from the console -------------------------------------------------------------------------

local function find_resolve()
  local host = resolve or (bmd and bmd.scriptapp("Resolve"))
  return checked(host, 'scriptapp("Resolve")', "Run this in Resolve: Workspace > Scripts.")
end

local function main(named)
  local _, trouble = guarded(function()
    local host = find_resolve()
    local folder = choose_story(named, host)
    open_log(folder, host)
    Importer.new(host, read_story(folder)):run()
  end)
  if trouble then
    say(trouble)
  end
  if log_path then
    print(("This is in %s too."):format(log_path))
  end
end

main(arg and arg[1] or os.getenv("DEEPSING_STORY"))
