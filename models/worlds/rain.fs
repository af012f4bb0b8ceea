/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Rain on a window: drops cling and run before the blurred lights of a street or a garden.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "light", "LABEL": "Light (night to day)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.35},
    {"NAME": "rain", "LABEL": "Rain", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "drops", "LABEL": "Size of the drops", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5},
    {"NAME": "palette", "LABEL": "Behind (street to garden)", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.25},
    {"NAME": "warmth", "LABEL": "Warmth of the lights", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "lamps", "LABEL": "Lights", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.6},
    {"NAME": "gloom", "LABEL": "Gloom", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "haze", "LABEL": "Breath on the glass", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.4},
    {"NAME": "wind", "LABEL": "Wind", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.25},
    {"NAME": "seed", "LABEL": "Place", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.3},
    {"NAME": "pulse", "LABEL": "Onset", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "bass", "LABEL": "Bass", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "mid", "LABEL": "Mid", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "treble", "LABEL": "Treble", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.0},
    {"NAME": "energy", "LABEL": "Energy", "TYPE": "float", "MIN": 0.0, "MAX": 1.0, "DEFAULT": 0.5}
  ]
}*/

// A sine within 0.00002, for a third of its price where the processor draws.
float sine(float x) {
    float y = 2.0 * fract(x / 6.2831853) - 1.0, u = abs(y) * (1.0 - abs(y));
    return y * (abs(y) - 1.0) * (3.14235 + u * (3.12498 + 1.22205 * u));
}

// ---- what all worlds share: hashes, noise, tone ----
float hash1(float n) { n = fract(n * 0.1031); n *= n + 3.33; return fract(n * (n + n)); }
float hash2(vec2 p) {
    vec3 q = fract(p.xyx * 0.1031);
    q += dot(q, q.yzx + 3.33);
    return fract((q.x + q.y) * q.z);
}
float value2(vec2 p) {  // 0..1
    vec2 i = floor(p), f = p - i;
    f *= f * f * (f * (f * 6.0 - 15.0) + 10.0);
    vec4 h = fract(vec4(i, i + 1.0) * 0.1031);  // two hashes an axis, mixed into one for each corner
    h *= h + 3.33;
    h = fract(h * (h + h));
    vec4 corner = fract((h.xzxz + 0.37) * (h.yyww + 0.59) * 397.3);
    vec2 side = mix(corner.xz, corner.yw, f.x);
    return mix(side.x, side.y, f.y);
}
const int MANY = 40;  // turns of a loop that ends by `break`: drivers in software unroll fewer, and then run them all
const mat2 OCTAVE = mat2(1.6, 1.2, -1.2, 1.6);  // twice as fine, turned by 37 degrees
// 0..1. `octaves` may be broken: the last one fades.
float fbm(vec2 p, float octaves) {
    float sum = 0.0, weight = 0.5, total = 0.001;
    for (int i = 0; i < MANY; i++) {
        float part = weight * clamp(octaves, 0.0, 1.0);
        sum += part * value2(p);
        total += part;
        weight *= 0.5;
        p = OCTAVE * p + vec2(3.1, 1.7);
        octaves -= 1.0;
        if (octaves <= 0.0) break;  // last: a renderer in software runs through what follows a `break`
    }
    return sum / total;
}
vec3 curve(vec3 c) {  // filmic, then the display's gamma
    c = c * (2.51 * c + 0.03) / (c * (2.43 * c + 0.59) + 0.14);
    return sqrt(clamp(c, 0.0, 1.0));
}
float dither(vec2 place) { return (hash2(place + fract(TIME) * 61.7) - 0.5) / 255.0; }

// ---- the window ----
float pixel;
vec2 half_size;

// One layer of lights out of focus: soft discs with a brighter rim, which is sharper where the glass is `clear`.
const float LARGEST = 0.36;  // of a cell: a disc stays within its own, wherever it stands
vec3 bokeh(vec2 p, float scale, float clear, float key) {
    vec2 q = p * scale + vec2(key * 3.7 + seed * 19.0, key * 1.3);
    q.x += 7.0 * hash1(floor(q.y) + key);  // no row stands under another
    vec2 cell = floor(q);
    float r = hash2(cell + key * 13.0), s = LARGEST * (0.45 + 0.55 * fract(r * 57.0));
    vec2 d = q - cell - 0.5 - (vec2(fract(r * 71.0), fract(r * 133.0)) - 0.5) * (1.0 - 2.0 * LARGEST);
    float off = length(d), disc = smoothstep(s, s * mix(0.80, 0.90, clear), off) * (0.55 + 0.45 * smoothstep(0.3 * s, s, off));
    float hue = fract(r * 311.0);
    vec3 warm = mix(vec3(1.0, 0.42, 0.10), vec3(1.0, 0.74, 0.40), hue),
        cold = mix(vec3(0.25, 0.50, 1.0), vec3(0.70, 0.85, 1.0), hue);
    vec3 colour = fract(r * 23.0) < 0.15 + 0.75 * warmth ? warm : cold;
    colour = fract(r * 41.0) < 0.22 ? (hue < 0.55 ? vec3(1.0, 0.08, 0.05) : vec3(0.10, 0.85, 0.45)) : colour;
    float blink = 0.8 + 0.2 * sine(TIME * (0.4 + r) + r * 60.0) + 0.5 * mid * step(0.7, hue);
    return colour * disc * blink * step(fract(r * 97.0), lamps * 0.75 + 0.05);
}

// What lies behind the glass, blurred; `clear` 1 where water has wiped the breath away.
vec3 outside(vec2 p, float clear) {
    float up = p.y / half_size.y, sway = 0.004 * sine(TIME * 0.4);
    vec3 sky_night = mix(vec3(0.020, 0.030, 0.055), vec3(0.055, 0.035, 0.050), warmth),
        sky_day = mix(vec3(0.50, 0.58, 0.66), vec3(0.62, 0.60, 0.55), warmth * 0.7);
    vec3 sky = mix(sky_night, sky_day, light) * mix(1.0, 0.62, gloom) * (0.75 + 0.35 * up);
    float skyline = 0.10 + 0.30 * (value2(vec2(p.x * 3.1 + seed * 31.0, 1.0)) - 0.4)
        + 0.18 * (value2(vec2(p.x * 9.0 + seed * 31.0, 5.0)) - 0.5);
    float leaves = fbm(p * 3.2 + vec2(seed * 31.0 + sway * 6.0, 2.0), 3.0);
    float crowns = 0.30 + 0.9 * (leaves - 0.45);
    float built = smoothstep(0.09, -0.09, up - skyline), grown = smoothstep(0.16, -0.16, up - crowns);
    vec3 walls = mix(vec3(0.014, 0.017, 0.026), vec3(0.16, 0.17, 0.19), light) * (0.7 + 0.6 * value2(vec2(p.x * 6.0, 3.0)))
        * mix(1.0, 0.7, gloom);
    vec3 green = mix(vec3(0.012, 0.024, 0.018), mix(vec3(0.10, 0.20, 0.045), vec3(0.24, 0.22, 0.05), warmth * 0.6), light)
        * (0.35 + 1.3 * leaves) * mix(1.0, 0.55, gloom);
    float garden = smoothstep(0.35, 0.65, palette);
    vec3 c = mix(sky, mix(walls, green, garden), mix(built, grown, garden));
    float ground = smoothstep(-0.30, -0.55, up);
    vec3 wet = mix(mix(walls, sky, 0.45), green * 1.3 + 0.10 * sky, garden) * (0.7 + 0.5 * value2(vec2(p.x * 4.0, up * 9.0)));
    c = mix(c, wet, ground);
    float street = mix(1.0, 0.35, garden) * mix(1.15, 0.55, light), band = exp(-up * up * 5.0);
    vec3 lights = bokeh(p, 4.2, clear, 1.0) * 1.2 + bokeh(p + 0.13, 6.5, clear, 2.0)
        + bokeh(p + 0.4, 9.5, clear, 3.0) * 0.8;
    lights = lights * band * (1.0 - ground) + ground * 0.55 * bokeh(vec2(p.x, p.y * 0.22 - 0.1), 5.0, 0.0, 1.0)
        * exp(-abs(up + 0.62) * 2.0);
    return c + lights * street * (1.0 - 0.35 * gloom) * (0.9 + 0.35 * bass);
}

// Drops that cling: how far the glass bends the view (xy), how much a drop covers (z). They come and dry away.
vec3 clinging(vec2 p, float scale, float key, float most) {
    vec2 q = p * scale, cell = floor(q);
    float r = hash2(cell + key), life = fract(r * 91.0 + TIME * (0.03 + 0.05 * fract(r * 37.0)));
    float grown = (0.12 + 0.22 * fract(r * 57.0) * fract(r * 57.0)) * (0.65 + 0.6 * drops),
        size = grown * smoothstep(0.0, 0.08, life) * smoothstep(1.0, 0.7, life);
    float room = min(0.5, 1.0 - 2.4 * grown);  // within its cell
    vec2 d = q - cell - 0.5 - (vec2(fract(r * 71.0), fract(r * 133.0)) - 0.5) * max(room, 0.0);
    d *= vec2(1.0 + 0.3 * (fract(r * 17.0) - 0.5), 1.0 - 0.12 * d.y);
    float off = length(d), soft = 1.5 * pixel * scale;
    float inside = smoothstep(size + soft, size - soft, off) * step(fract(r * 29.0), most);
    return vec3(d / max(size, 0.02) * (0.35 + 0.65 * off / max(size, 0.02)) * inside, inside);
}

// Drops that run in columns, by jerks, and leave a wiped path with beads. As above; w is the path.
vec4 running(vec2 p, float scale, float key) {
    float column = floor(p.x * scale), r = hash1(column + key * 57.0), pace = 0.05 + 0.10 * fract(r * 7.0);
    float t = TIME * pace + r * 13.0, row_height = 1.25 + 0.8 * fract(r * 31.0),
        y = p.y + t + 0.035 * sine(t * 23.0) + 0.02 * sine(t * 51.0 + r);
    float row = floor(y / row_height), g = hash1(row * 7.3 + column + key), in_row = y - (row + 0.25) * row_height;
    float wander = 0.16 * sine(p.y * 9.0 + r * 40.0) + 0.09 * sine(p.y * 23.0 + g * 40.0)
        + wind * 0.05 * sine(p.y * scale * 0.63);
    float x = (fract(p.x * scale) - 0.5 - 0.16 * (g - 0.5) - wander * 0.6) / scale,
        size = (0.011 + 0.012 * g) * (0.7 + 0.7 * drops) * 5.0 / scale * 1.3;
    float there = step(g, 0.20 + 0.75 * rain);
    vec2 d = vec2(x, in_row * (in_row > 0.0 ? 0.62 : 1.0));
    float off = length(d), soft = 1.5 * pixel;
    float head = smoothstep(size + soft, size - soft, off) * there;
    float tail_end = row_height * 0.62, tail = smoothstep(0.0, size, in_row) * smoothstep(tail_end, tail_end * 0.3, in_row)
        * there;
    float path = smoothstep(size * 0.80, size * 0.45, abs(x)) * tail;
    float bead_y = in_row / (size * 2.6), bead_cell = floor(bead_y), b = hash1(bead_cell + column * 3.1 + row);
    vec2 bead = vec2(x + (b - 0.5) * size * 0.7, (fract(bead_y) - 0.5) * size * 2.6);
    float bead_size = size * (0.15 + 0.30 * b) * smoothstep(tail_end, 0.0, in_row),
        bead_in = smoothstep(bead_size + soft, bead_size - soft, length(bead)) * tail;
    vec2 bend = d / size * head + bead / max(bead_size, 0.002) * bead_in * (1.0 - head);
    return vec4(bend, max(head, bead_in), path);
}

void main() {
    half_size = 0.5 * RENDERSIZE / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * 2.0 * half_size;
    pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 glass = p + vec2(seed * 7.0, 0.003 * pulse);
    float wet = rain * (0.85 + 0.3 * energy);

    vec3 small = clinging(glass, 34.0, 3.0, 0.35 + 0.6 * wet),
        medium = clinging(glass + 0.37, 17.0, 11.0, 0.20 + 0.65 * wet),
        large = clinging(glass + 0.71, 8.5, 23.0, 0.10 + 0.50 * wet);
    vec4 run_a = running(glass, 5.0, 1.0), run_b = running(glass + 0.31, 8.0, 2.0);
    float wiped = max(run_a.w, run_b.w);
    vec4 drop = vec4(small.xy, small.z * (1.0 - wiped), 0.8);
    drop = mix(drop, vec4(medium.xy, medium.z, 1.0), medium.z * (1.0 - wiped));
    drop = mix(drop, vec4(large.xy, large.z, 1.2), large.z * (1.0 - 0.8 * wiped));
    drop = mix(drop, vec4(run_b.xy, run_b.z, 1.0), run_b.z);
    drop = mix(drop, vec4(run_a.xy, run_a.z, 1.3), run_a.z);

    // Through the glass; through a drop upside down and wide.
    vec2 through = mix(p, p * 0.25 - drop.xy * vec2(0.36, 0.42) * vec2(half_size.x, half_size.y) * 1.5, drop.z);
    vec3 c = outside(through, max(drop.z, wiped));
    vec3 mist_colour = mix(vec3(0.050, 0.058, 0.075), vec3(0.52, 0.56, 0.60), light)
        * mix(vec3(1.0), vec3(1.06, 1.0, 0.92), warmth) * mix(1.0, 0.7, gloom);
    float streaks = 0.0;  // rain that falls outside, out of focus
    for (int i = 0; i < 2; i++) {
        float k = float(i);
        vec2 s = vec2((p.x + p.y * (0.06 + 0.3 * wind)) * (24.0 + 18.0 * k), p.y * 1.5 + TIME * (3.1 + 0.7 * k));
        float column = floor(s.x), jump = hash1(column + k * 31.0), along = fract(s.y + jump * 7.0);
        streaks += smoothstep(0.5, 0.1, abs(fract(s.x) - 0.5)) * smoothstep(0.0, 0.3, along) * smoothstep(0.75, 0.3, along)
            * step(0.45, hash1(column * 1.7 + floor(s.y + jump * 7.0)));
    }
    c += mist_colour * streaks * wet * (0.22 + 0.25 * treble) * (1.0 - 0.6 * drop.z);
    float breath = haze * (1.0 - max(wiped * 0.9, drop.z)) * (0.55 + 0.35 * fbm(glass * 3.0, 3.0));
    c = mix(c, mist_colour + c * 0.30, breath * 0.75);

    // A drop: dark towards its upper rim, bright below where the sky comes through, a glint of the window's light.
    float off = length(drop.xy), rim = smoothstep(0.55, 1.0, off) * drop.z;
    c *= 1.0 - rim * (0.30 + 0.35 * smoothstep(-0.2, 0.9, drop.y));
    c += (mist_colour * 0.55 + 0.02) * drop.z * smoothstep(0.15, -0.9, drop.y) * 0.55;
    vec2 glint = drop.xy - vec2(-0.32, 0.38);
    c += (mist_colour * 0.9 + vec3(0.10)) * drop.z * smoothstep(0.24, 0.06, length(glint)) * (0.65 + 0.8 * treble);
    c *= 1.0 - 0.38 * dot(p, p) / dot(half_size, half_size);
    c = mix(vec3(dot(c, vec3(0.25, 0.6, 0.15))), c, 1.25 - 0.75 * gloom);
    gl_FragColor = vec4(curve(max(c, 0.0) * mix(2.1, 1.15, light)) + dither(gl_FragCoord.xy), 1.0);
}
