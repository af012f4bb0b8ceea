/*{
  "ISFVSN": "2",
  "DESCRIPTION": "Mirrored ornament of gold lines and coloured glass, lit from behind: a rose window, tiles of six or four mirrors, or rings without end.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "mirrors", "LABEL": "Number of mirrors", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.4},
    {"NAME": "hue", "LABEL": "Hue", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.58},
    {"NAME": "spread", "LABEL": "Spread of hues", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
    {"NAME": "lace", "LABEL": "Fineness of the ornament", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
    {"NAME": "curl", "LABEL": "Curl", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.45},
    {"NAME": "light", "LABEL": "Light behind", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.6},
    {"NAME": "gold", "LABEL": "Gold", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
    {"NAME": "zoom", "LABEL": "Nearness", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.6},
    {"NAME": "saturation", "LABEL": "Saturation", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.7},
    {"NAME": "seed", "LABEL": "Place", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.3},
    {"NAME": "pulse", "LABEL": "Onset", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "bass", "LABEL": "Bass", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "mid", "LABEL": "Middle", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "treble", "LABEL": "Treble", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "energy", "LABEL": "Energy", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5}
  ]
}*/

const int MANY = 40;  // turns of a loop that ends by `break`: drivers in software unroll fewer, and then run them all

// A sine within 0.00002, for a third of its price where the processor draws.
float sine(float x) {
    float y = 2.0 * fract(x / 6.2831853) - 1.0, u = abs(y) * (1.0 - abs(y));
    return y * (abs(y) - 1.0) * (3.14235 + u * (3.12498 + 1.22205 * u));
}

float hash1(vec2 p) {
    vec3 q = fract(p.xyx * vec3(0.1031, 0.1030, 0.0973));
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}

// One number for each corner of a cell, all four at once.
vec4 corners(vec2 i) {
    vec4 x = fract(vec4(i.x, i.x + 1.0, i.x, i.x + 1.0) * 0.1031);
    vec4 y = fract(vec4(i.yy, i.yy + 1.0) * 0.1137);
    return fract((x + 7.13) * (y + 11.71) * (x + y + 3.37) * 9.173);
}

// Gradient noise, -1..1.
float noise2(vec2 p) {
    vec2 i = floor(p), f = p - i, u = f * f * f * (f * (f * 6.0 - 15.0) + 10.0);
    vec4 h = corners(i);
    vec4 v = (h * 2.0 - 1.0) * vec4(f.x, f.x - 1.0, f.x, f.x - 1.0)
        + (fract(h * 57.31) * 2.0 - 1.0) * vec4(f.yy, f.yy - 1.0);
    return 1.4 * mix(mix(v.x, v.y, u.x), mix(v.z, v.w, u.x), u.y);
}

float low() { return -0.5 * RENDERSIZE.y / min(RENDERSIZE.x, RENDERSIZE.y); }
float wide() { return 0.5 * RENDERSIZE.x / min(RENDERSIZE.x, RENDERSIZE.y); }

mat2 turn(float a) {
    float c = cos(a), s = sin(a);
    return mat2(c, s, -s, c);
}

// Colours of old glass: ruby, amber, olive, sea green, cobalt, violet and back to ruby.
vec3 glass(float t) {
    t = fract(t) * 6.0;
    vec3 c = mix(vec3(0.80, 0.03, 0.07), vec3(1.0, 0.46, 0.05), smoothstep(0.0, 1.0, t));
    c = mix(c, vec3(0.42, 0.46, 0.08), smoothstep(1.0, 2.0, t));
    c = mix(c, vec3(0.02, 0.46, 0.42), smoothstep(2.0, 3.0, t));
    c = mix(c, vec3(0.03, 0.13, 0.80), smoothstep(3.0, 4.0, t));
    c = mix(c, vec3(0.42, 0.06, 0.62), smoothstep(4.0, 5.0, t));
    c = mix(c, vec3(0.80, 0.03, 0.07), smoothstep(5.0, 6.0, t));
    return mix(vec3(dot(c, vec3(0.40, 0.45, 0.15))) * 1.1, c, 0.15 + 0.95 * saturation);
}

// What the seed chooses, 0..1: a number of its own for each prime.
float chance(float prime) { return fract(seed * prime + 0.618034 * prime); }

// The nearest middle of a tile lies so far from p: of hexagons or of squares, one wide.
vec2 in_tile(vec2 p, bool hexagons) {
    if (!hexagons) return fract(p) - 0.5;
    vec2 row = vec2(1.0, 1.7320508), a = mod(p, row) - 0.5 * row, b = mod(p - 0.5 * row, row) - 0.5 * row;
    return dot(a, a) < dot(b, b) ? a : b;
}

// Folds the plane into one wedge between two mirrors; soft at the mirrors, so that no line shows where they meet.
vec2 mirrored(vec2 p, float count, float turned) {
    float slice = 3.14159265 / count, a = atan(p.y, p.x) + turned;
    a = mod(a, 2.0 * slice) - slice;
    a = sqrt(a * a + 0.00002) - 0.5 * slice;
    return length(p) * vec2(cos(a), sin(a));
}

// How the glass is cut at this place: where the mirrors within stand, rings round or square, petals slim or full.
struct Cut {
    vec2 apart;
    float turned, straight, ring, bulge;
};

Cut cut() {
    return Cut(vec2(mix(0.36, 0.56, chance(17.0)), mix(0.18, 0.38, chance(19.0))), mix(0.35, 1.05, chance(23.0)),
        smoothstep(0.45, 0.75, chance(29.0)), mix(0.50, 0.74, chance(41.0)), mix(0.15, 0.55, chance(43.0)));
}

float ring_size(vec2 z, Cut c) { return mix(length(z), max(abs(z.x), abs(z.y)), c.straight); }
float to_petal(vec2 z, Cut c) { return abs(length(vec2(abs(z.x) + c.bulge, z.y)) - 0.43 - c.bulge); }

// The ornament at p, of so many steps. Colour of the glass in rgb, and how much of a gold line there is; how much at `beside`.
vec4 ornament(vec2 p, vec2 beside, float scale, float pixel, Cut how, int steps, out float raised) {
    float t = 0.05 * TIME + seed * 2.0, size = scale, line = 0.0, shade = 0.0, tone = 0.0, weight = 1.0, dots = 0.0;
    vec2 z = p * scale, y = beside * scale;
    raised = 0.0;
    for (int i = 0; i < MANY; i++) {
        float k = float(i), wider = 1.32 + 0.10 * lace;
        vec2 apart = how.apart + vec2(0.07 * sine(t * 1.7 + k), 0.05 * sine(t * 1.3 + 2.0 * k + 1.5707963));
        float angle = how.turned + 0.55 * curl + 0.35 * sine(t + 0.9 * k) * (0.4 + 0.6 * curl) + 0.06 * bass * sine(3.0 * t + k),
            c = wider * sine(angle + 1.5707963), s = wider * sine(angle);
        mat2 step_ = mat2(c, s, -s, c);
        z = step_ * (abs(z) - apart);
        y = step_ * (abs(y) - apart);
        size *= wider;
        // Curves that glass is cut along: a ring, a petal, a beam. Lines keep their width on the screen's side of things.
        float r = ring_size(z, how), ring = abs(r - how.ring), petal = to_petal(z, how);
        float d = min(min(ring, petal), abs(z.y) + 0.12 * r) / size;
        float r_beside = ring_size(y, how);
        float d_beside = min(min(abs(r_beside - how.ring), to_petal(y, how)), abs(y.y) + 0.12 * r_beside) / size;
        float wide_ = max((0.0030 + 0.0022 * (1.0 - lace)) * weight, 1.1 * pixel), low = wide_ - 0.8 * pixel, sharp = 2.0 * pixel;
        float seen = smoothstep(1.6, 5.0, 1.0 / (size * pixel * 2.2));
        line = max(line, seen * weight * (1.0 - smoothstep(0.0, 1.0, (d - low) / sharp)));
        raised = max(raised, seen * weight * (1.0 - smoothstep(0.0, 1.0, (d_beside - low) / sharp)));
        dots = max(dots, seen * smoothstep(0.12, 0.12 - 2.0 * size * pixel, abs(r - 0.10)) * smoothstep(0.30, 0.10, r) * weight);
        // of what a pixel holds more than one of, the mean
        float fine = size * pixel, clear = smoothstep(1.2, 0.3, fine), corner = fine * (abs(z.x) + abs(z.y)) + 0.0001;
        shade += weight * mix(0.22, exp(-2.2 * r) * (0.6 + 0.4 * sine(5.0 * r - 1.3 * t * 6.0 + k)), clear);
        tone += weight * (0.34 * smoothstep(-1.4 * fine, 1.4 * fine, ring - petal) + 0.5 * mix(0.4, exp(-r * r), clear)
            + 0.22 * smoothstep(-corner, corner, z.x * z.y));
        weight *= 0.80;
        if (i + 1 >= steps) break;  // last: a renderer in software runs through what follows a `break`
    }
    vec3 c = glass(hue + spread * (0.30 * tone - 0.30) + 0.03 * sine(t * 3.0));
    float deep = clamp(0.55 * shade, 0.0, 1.6);  // thick glass is dark, thin glass lets the light through
    c = c * (0.05 + 1.05 * deep * deep) + vec3(1.0, 0.92, 0.78) * 0.22 * pow(clamp(deep - 0.45, 0.0, 1.0), 2.0);
    return vec4(c + dots * (0.35 * c + 0.06), line);
}

vec3 curve(vec3 c) {
    c = c * (2.51 * c + 0.03) / (c * (2.43 * c + 0.59) + 0.14);
    return sqrt(clamp(c, 0.0, 1.0));
}

float dither() { return (hash1(gl_FragCoord.xy + 7.0 * mod(floor(TIME * 24.0), 61.0)) - 0.5) / 255.0; }

void main() {
    float pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE * pixel, extent = 0.5 * RENDERSIZE * pixel;
    // four kinds: a window in its wall (from afar there is no other), tiles of hexagons, tiles of squares, rings that come out of the depth
    float kind = floor(4.0 * chance(5.0)), nearness = mix(zoom, chance(31.0), 0.3);
    bool window = kind == 0.0 || zoom < 0.3, rings = kind == 3.0 && !window, tiles = !window && !rings;
    // half the frame, or all
    float opening = window ? mix(0.40, 1.10, smoothstep(0.40, 0.90, nearness)) : 99.0;
    vec2 middle = (vec2(chance(7.0), chance(11.0)) - 0.5) * (window ? 1.7 * abs(extent - 0.75 * min(opening, 0.5)) : 1.3 * extent);
    p -= middle;
    float radius = length(p), count = 3.0 + floor(mix(mirrors, chance(37.0), 0.5) * 7.999);
    float breath = 1.0 + 0.05 * sin(0.21 * TIME) - 0.035 * pulse;
    p += 0.006 * vec2(noise2(p * 3.0 + 0.2 * TIME), noise2(p * 3.0 + 7.0 - 0.2 * TIME)) * (0.4 + mid);
    float near = mix(1.5, 0.72, nearness) * breath;

    // Behind: the same window, farther, larger and out of focus, as light on a wall.
    vec2 far = mirrored(p * 0.62 / breath, count, -0.030 * TIME);
    Cut how = cut();
    float raised;
    far += vec2(0.10, 0.05);
    vec4 back = ornament(far, far, near * 0.55, 0.03, how, 6, raised);
    // Before: the window, one of the tiles, or a ring: those are mirrored into each other and run outward for ever.
    vec2 base = p;
    float shrunk = 1.0;  // how much smaller a pixel is there than here
    if (tiles) {
        float tile = mix(0.42, 1.0, nearness);
        base = in_tile(turn(0.02 * TIME + 6.2831853 * chance(13.0)) * p / tile, kind == 1.0) * tile;
        count = kind == 1.0 ? 6.0 : 4.0;
    }
    if (rings) {
        float deep = 0.45 + 0.35 * chance(13.0), along = log(max(radius, 0.0005)) - mod(0.05 * TIME, 2.0 * deep);
        shrunk = 0.28 * exp(abs(mod(along, 2.0 * deep) - deep)) / max(radius, 0.0005);
        base = p * shrunk;
    }
    vec2 q = mirrored(base, count, tiles ? 0.0 : 0.065 * TIME);
    q += vec2(0.14 + 0.05 * sin(0.07 * TIME + 6.0 * seed), 0.05 * sin(0.05 * TIME + 9.0 * seed));
    vec4 front = ornament(q, q + shrunk * vec2(0.0022, 0.0016) / near, near, pixel * shrunk, how, 6, raised);

    // Light falls through from the middle, or wherever the sun stands behind tiles; a ring of it runs outward with every onset.
    float from_sun = length(p + (window ? vec2(0.0) : middle - extent * (vec2(chance(47.0), chance(53.0)) - 0.5) * 1.8));
    float shine = (0.35 + 1.25 * light) * (0.42 + (window ? 0.95 : 1.25) * exp(-from_sun * from_sun * 2.4));
    float wave = exp(-pow((radius - 0.75 * (1.0 - pulse)) * 9.0, 2.0)) * pulse;
    float grain = 0.82 + 0.22 * noise2(q * 26.0 + 3.0) + 0.12 * noise2(q * 61.0);
    vec3 c = front.rgb * shine * (1.45 + 0.45 * wave) * grain + back.rgb * 0.10 * shine;
    float rays = 0.5 + 0.5 * cos(atan(p.y, p.x) * count * 2.0 + 0.065 * TIME * count * 2.0);
    c += glass(hue + 0.08) * (tiles ? 0.0 : 0.10 + 0.30 * light) * exp(-radius * 5.0) * (0.7 + 0.3 * rays);
    // Gold: leads with a slope toward the light and one away from it.
    float relief = clamp(0.5 + 1.6 * (raised - front.a), 0.0, 1.0);
    vec3 metal = mix(vec3(0.05, 0.045, 0.05), vec3(1.0, 0.66, 0.24), 0.2 + 0.8 * gold);
    float glint = pow(0.5 + 0.5 * sin(9.0 * radius - 0.9 * TIME + 5.0 * atan(p.y, p.x)), 6.0) * (0.25 + 0.9 * treble);
    vec3 lead = metal * (0.10 + 0.85 * relief * (0.35 + 0.75 * shine) + glint * 0.5 * gold);
    c = mix(c, lead, front.a * 0.92);

    // The rim of the window and the dark wall around it.
    float rim = smoothstep(0.004 + pixel, 0.0, abs(radius - opening) - 0.005)
        + 0.6 * smoothstep(0.003 + pixel, 0.0, abs(radius - opening - 0.03) - 0.0015);
    float outside = smoothstep(opening - pixel, opening + pixel, radius);
    c = mix(c, back.rgb * (0.16 + 0.46 * light) * exp(-max(radius - opening, 0.0) * 1.3) + metal * 0.006, outside);
    c = mix(c, metal * (0.35 + 0.55 * (0.5 + 0.5 * sin(atan(p.y, p.x) * 2.0 + 1.0))), clamp(rim, 0.0, 1.0));
    c *= 1.0 - 0.30 * smoothstep(opening - 0.1, opening, radius) * (1.0 - outside);
    vec2 v = isf_FragNormCoord - 0.5;
    c *= 1.05 - 0.8 * dot(v, v);
    gl_FragColor = vec4(curve(c) + dither(), 1.0);
}
