/*{
  "ISFVSN": "2",
  "DESCRIPTION": "A cluster of crystals in the dark: facets that refract, light that wakes inside, motes in the air.",
  "CREDIT": "deepsing-bridge",
  "CATEGORIES": ["Generator", "deepsing-bridge"],
  "INPUTS": [
    {"NAME": "hue", "LABEL": "Hue", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.6},
    {"NAME": "spread", "LABEL": "Second hue", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.4},
    {"NAME": "glow", "LABEL": "Light inside", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.6},
    {"NAME": "clarity", "LABEL": "Clarity", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.6},
    {"NAME": "growth", "LABEL": "Length of the crystals", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.55},
    {"NAME": "fan", "LABEL": "How far they fan out", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
    {"NAME": "daylight", "LABEL": "Light from above", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
    {"NAME": "motes", "LABEL": "Motes in the air", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5},
    {"NAME": "seed", "LABEL": "Place", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.3},
    {"NAME": "pulse", "LABEL": "Onset", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "bass", "LABEL": "Bass", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "mid", "LABEL": "Middle", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "treble", "LABEL": "Treble", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0},
    {"NAME": "energy", "LABEL": "Energy", "TYPE": "float", "MIN": 0, "MAX": 1, "DEFAULT": 0.5}
  ]
}*/

// A sine within 0.00002, for a third of its price where the processor draws.
float sine(float x) {
    float y = 2.0 * fract(x / 6.2831853) - 1.0, u = abs(y) * (1.0 - abs(y));
    return y * (abs(y) - 1.0) * (3.14235 + u * (3.12498 + 1.22205 * u));
}
float cosine(float x) { return sine(x + 1.5707963); }

float hash1(vec2 p) {
    vec3 q = fract(p.xyx * vec3(0.1031, 0.1030, 0.0973));
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}

vec2 hash2(vec2 p) {
    vec3 q = fract(p.xyx * vec3(0.1031, 0.1030, 0.0973));
    q += dot(q, q.yzx + 33.33);
    return fract((q.xx + q.yz) * q.zy);
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

vec3 tint(float t) {  // amethyst, ultramarine, aquamarine, emerald, citrine, ruby, amethyst
    t = fract(t) * 6.0;
    vec3 c = mix(vec3(0.46, 0.14, 0.92), vec3(0.08, 0.22, 1.0), smoothstep(0.0, 1.0, t));
    c = mix(c, vec3(0.05, 0.68, 0.86), smoothstep(1.0, 2.0, t));
    c = mix(c, vec3(0.06, 0.74, 0.36), smoothstep(2.0, 3.0, t));
    c = mix(c, vec3(1.0, 0.60, 0.10), smoothstep(3.0, 4.0, t));
    c = mix(c, vec3(0.98, 0.09, 0.20), smoothstep(4.0, 5.0, t));
    return mix(c, vec3(0.46, 0.14, 0.92), smoothstep(5.0, 6.0, t));
}

// The cave as a ray sees it: a bright opening above, narrow clefts that let light in, dark walls between.
vec3 cave(vec3 d, vec3 first, vec3 second) {
    d = normalize(d);
    float lamp = max(dot(d, normalize(vec3(-0.40, 0.80, -0.45))), 0.0), lamp2 = lamp * lamp, lamp4 = lamp2 * lamp2,
        back = max(dot(d, normalize(vec3(0.50, 0.10, 0.86))), 0.0), down = max(-d.y, 0.0);
    float cleft = smoothstep(0.10, 0.0, abs(d.x - 0.45 + 0.4 * d.y)) * smoothstep(-0.5, 0.3, d.y);
    float second_cleft = smoothstep(0.07, 0.0, abs(d.x + 0.62 - 0.3 * d.y)) * smoothstep(-0.2, 0.5, d.y);
    vec3 white = vec3(0.96, 0.98, 1.0);
    vec3 c = mix(first * 0.02, second * 0.07, 0.5 + 0.5 * d.y);
    c += (white * lamp4 * lamp4 * lamp4 * lamp2 * 2.6 + second * lamp * lamp2 * 0.40) * (0.06 + 1.3 * daylight);
    c += mix(second, white, 0.55) * (cleft * 1.1 + second_cleft * 0.8) * (0.25 + 0.75 * daylight);
    c += mix(first, white, 0.2) * (back * back * back * back * back * 0.9 + 0.06) * (0.15 + 0.85 * glow);
    return c + first * 0.45 * down * down * glow;
}

// A plane of the crystal: the ray enters behind the last one that it meets from outside, and leaves by the first from inside.
void meet(vec3 n, float reach, float along, float from, inout vec3 span, inout vec3 face, inout vec3 exit_face) {
    float t = (reach - from) / (abs(along) < 1e-4 ? 1e-4 : along);
    if (along < 0.0) {
        span.z = max(span.z, min(t, span.x));
        if (t > span.x) { span.z = span.x; span.x = t; face = n; }
    } else if (t < span.y) { span.y = t; exit_face = n; }
}

// A crystal stands on its z axis: six sides at `radius`, six planes that make its point near `tall`, three of them larger.
// Along the ray o + t d: where it enters (x), where it leaves (y), and where it met the plane before the last (z).
vec3 pierce(vec3 o, vec3 d, float radius, float tall, out vec3 face, out vec3 exit_face) {
    vec3 span = vec3(-1e3, 1e3, -1e3);
    face = vec3(0.0, 0.0, 1.0);
    exit_face = face;
    for (int i = 0; i < 3; i++) {
        float a = 1.0471976 * float(i);
        vec2 n = vec2(cosine(a), sine(a));
        float along = dot(n, d.xy), from = dot(n, o.xy), top = 0.56 * tall;
        meet(vec3(n, 0.0), radius, along, from, span, face, exit_face);
        meet(vec3(-n, 0.0), radius, -along, -from, span, face, exit_face);
        meet(vec3(0.83 * n, 0.56), top + 0.16 * radius, 0.83 * along + 0.56 * d.z, 0.83 * from + 0.56 * o.z, span, face,
            exit_face);
        meet(vec3(-0.83 * n, 0.56), top - 0.10 * radius, 0.56 * d.z - 0.83 * along, 0.56 * o.z - 0.83 * from, span, face,
            exit_face);
    }
    return span;
}

// Behind the cluster: mist that the light inside colours, and shafts from the opening above.
vec3 behind(vec2 p, float foot, vec3 first, vec3 second) {
    float smoke = noise2(p * 2.1 + vec2(0.05 * TIME, seed * 5.0)) + 0.5 * noise2(p * 4.7 - vec2(0.07 * TIME, 2.0))
        + 0.25 * noise2(p * 10.0 + 0.08 * TIME);
    vec2 halo = p - vec2(0.0, foot + 0.42);
    vec3 c = mix(first, second, clamp(0.5 + 0.8 * p.y + 0.4 * smoke, 0.0, 1.0));
    c *= (0.012 + 0.26 * (0.05 + glow) * exp(-dot(halo, halo) * 4.0)) * (0.75 + 0.4 * smoke);
    float across = p.x + 0.45 * (p.y - 0.5), shaft = noise2(vec2(across * 5.0, 0.06 * TIME))
        + 0.5 * noise2(vec2(across * 12.0, 0.1 * TIME));
    return c + mix(second, vec3(0.8, 0.9, 1.0), 0.5) * daylight * (0.10 + 0.62 * daylight * daylight)
        * clamp(0.75 + 0.5 * shaft, 0.2, 1.4)
        * (0.25 + 0.75 * smoothstep(-0.45, 0.6, p.y + 0.2 * p.x));
}

vec3 curve(vec3 c) {
    c = c * (2.51 * c + 0.03) / (c * (2.43 * c + 0.59) + 0.14);
    return sqrt(clamp(c, 0.0, 1.0));
}

float dither() { return (hash1(gl_FragCoord.xy + 7.0 * mod(floor(TIME * 24.0), 61.0)) - 0.5) / 255.0; }

void main() {
    vec2 p = (isf_FragNormCoord - 0.5) * RENDERSIZE / min(RENDERSIZE.x, RENDERSIZE.y);
    float room = min(wide(), -low()) + 0.35 * (max(wide(), -low()) - 0.5), pixel = 1.0 / min(RENDERSIZE.x, RENDERSIZE.y);
    float yaw = 0.10 * TIME + 6.28 * seed + 0.05 * bass, foot = low() + 0.10;
    vec3 eye = vec3(0.0, 0.42, -3.4 + 0.06 * pulse), ray = normalize(vec3(p.x, p.y - foot - 0.42, 2.75 - 0.62 * growth));
    vec3 first = tint(hue), second = tint(hue + 0.10 + 0.35 * spread);

    float near = 1e3, radius = 0.0, tall = 0.0, edge = 0.0, key = 0.0, chord = 0.0;
    vec3 lo = vec3(0.0), ld = vec3(0.0, 0.0, 1.0), face = vec3(0.0), ax = vec3(0.0), ay = vec3(0.0), az = vec3(0.0);
    for (int i = 0; i < 9; i++) {
        float k = float(i), h = hash1(vec2(k, 3.0)), g = hash1(vec2(k, 8.0));
        float round_ = yaw + 2.39996 * k, lean = (k < 0.5 ? 0.08 : 0.28 + 0.72 * h) * mix(0.55, 1.15, fan);
        vec2 way = sine(lean) * vec2(cosine(round_), sine(round_));
        vec3 axis = vec3(way.x, cosine(lean), way.y);
        float r = (k < 0.5 ? 0.175 : mix(0.065, 0.15, g)) * mix(1.15, 0.9, growth);
        float l = (k < 0.5 ? 1.12 : mix(0.46, 1.02, h * 0.4 + g * 0.6)) * mix(0.62, 1.12, growth);
        vec3 base = vec3(0.26 * way.x, -0.10, 0.26 * way.y);
        // Only rays that pass near the axis are worth the planes.
        vec3 between = cross(ray, axis), to = eye - base;
        float gap = abs(dot(to, normalize(between + 1e-5)));
        if (gap < r * 1.25) {
            vec3 x = normalize(cross(axis, vec3(0.31, 0.12, 0.94))), y = cross(axis, x), f, e;
            vec3 o = vec3(dot(to, x), dot(to, y), dot(to, axis)), d = vec3(dot(ray, x), dot(ray, y), dot(ray, axis));
            vec3 hit = pierce(o, d, r, l, f, e);
            if (hit.x < hit.y && hit.x > 0.0 && hit.x < near && o.z + d.z * hit.x > -0.3) {
                near = hit.x; chord = hit.y - hit.x; edge = hit.x - hit.z; lo = o; ld = d; face = f; radius = r;
                tall = l; key = k; ax = x; ay = y; az = axis;
            }
        }
    }

    float crest = foot + 0.01 + 0.07 * exp(-9.0 * p.x * p.x) + 0.06 * noise2(vec2(p.x * 3.0 + seed * 4.0, 3.0));
    crest += 0.025 * noise2(vec2(p.x * 9.0, 7.0)) + 0.010 * noise2(vec2(p.x * 23.0, 9.0))
        + 0.16 * smoothstep(0.35, 1.0, abs(p.x) / wide());
    float stone = smoothstep(pixel * 1.5, -pixel * 1.5, p.y - crest);
    vec3 c = vec3(0.0);
    // a ray that only grazes a crystal, by less than a pixel or so, sees what is behind it, too: edges have no stairs
    float cover = near < 1e2 ? smoothstep(0.0, 4.5 * pixel, chord) : 0.0;
    if (cover < 1.0 && stone < 1.0) c = behind(p, foot, first, second);
    if (near < 1e2 && stone < 1.0) {
        vec3 n = face, at = lo + ld * near, ray_in = refract(ld, n, 0.66), f, wall;
        vec3 own = mix(first, second, fract(0.37 * key + 0.15)), absorb = (1.12 - own) * mix(8.0, 3.0, clarity);
        float wake = (0.75 + 0.25 * sine(0.7 * TIME + 2.1 * key) + 0.3 * mid) * (0.15 + 1.5 * glow);
        vec3 heart = vec3(0.0, 0.0, tall * (0.22 + 0.55 * pulse));  // light that waits in the foot and runs up at an onset
        vec3 body = vec3(0.0), left = vec3(1.0), o = at;
        // Inside: at every wall some light comes in from without, the rest is thrown on to the next wall.
        for (int i = 0; i < 2; i++) {
            vec3 through = pierce(o + ray_in * 0.002, ray_in, radius, tall, f, wall);
            float path = clamp(through.y, 0.0, 1.5), s = clamp(dot(heart - o, ray_in), 0.0, path);
            vec3 miss = o + ray_in * s - heart;
            body += left * mix(own, vec3(1.0), 0.30) * wake * path * 0.012 / (dot(miss, miss) * 0.8 + 0.012);
            left *= exp(-absorb * path);
            o += ray_in * path;
            vec3 out_ = refract(ray_in, -wall, 1.45), bounced = reflect(ray_in, wall);
            float aslant = 1.0 - clamp(dot(ray_in, wall), 0.0, 1.0),
                lets_out = dot(out_, out_) < 0.01 ? 0.0 : 1.0 - aslant * aslant;
            // near walls shift against far ones, so that a facet is no flat patch
            vec3 look = (out_ + 0.9 * (o - 0.5 * heart)) * lets_out;
            if (lets_out > 0.0) body += left * lets_out * cave(look.x * ax + look.y * ay + look.z * az, first, second) * 1.7;
            left *= 1.0 - 0.85 * lets_out;
            ray_in = bounced;
        }
        body += left * own * (0.05 + 0.10 * glow);
        // Veils of tiny bubbles in the stone.
        float veil = noise2(vec2(at.z * 6.0 + key * 5.0, dot(o.xy, vec2(13.0, 9.0))))
            + 0.6 * noise2(vec2(at.z * 15.0, dot(o.xy, vec2(29.0, 23.0)) + key));
        body += mix(own, vec3(1.0), 0.3) * smoothstep(0.1, 0.9, veil) * (0.16 - 0.12 * clarity) * (0.3 + glow + daylight);
        vec3 mirror = reflect(ld, n) + 0.8 * at;
        vec3 shine = cave(mirror.x * ax + mirror.y * ay + mirror.z * az, first, second);
        float grazing = 1.0 - clamp(-dot(ld, n), 0.0, 1.0), fresnel = 0.06 + 0.94 * grazing * grazing * grazing * grazing;
        body = mix(body, shine * 1.5, clamp(fresnel, 0.0, 1.0));
        float line = smoothstep(0.004 + 3.0 * pixel, 0.0, edge);
        body += mix(own, vec3(1.0), 0.6) * line * (0.05 + 0.9 * dot(shine, vec3(0.3)) + 0.10 * glow);
        // The foot stands in the dark of the rock.
        c = mix(c, mix(first * 0.02, body, smoothstep(-0.10, 0.30, at.z)), cover);
    }

    // Rock before the cluster, its crest lit from within.
    if (stone > 0.0) {
        float rock = abs(noise2(p * 3.1 + seed * 9.0)) + 0.5 * abs(noise2(p * 7.3 + 4.0)) + 0.25 * abs(noise2(p * 16.0 + 1.0));
        float lit = exp(-abs(p.x) * 4.0) * smoothstep(0.06, 0.0, crest - p.y) * (0.4 + rock);
        c = mix(c, first * (0.012 + 0.05 * rock * rock + 0.30 * glow * lit), stone);
    }

    // Motes: two depths, the near ones large and soft.
    for (int i = 0; i < 2; i++) {
        float k = float(i), cells = mix(9.0, 4.5, k);
        vec2 q = p * cells + vec2(0.10 * TIME + 3.0 * k, -0.13 * TIME) + 0.3 * vec2(sine(0.4 * TIME + p.y * 3.0), 0.0),
            cell = floor(q);
        vec2 h = hash2(cell + 11.0 * k), f = (fract(q) - 0.5 - 0.5 * (h - 0.5)) / cells;
        float size = max(mix(0.0030, 0.0085, k) * (0.5 + h.x), 1.3 * pixel);
        float alive = step(1.0 - 0.8 * motes, hash1(cell + 5.0)) * (0.55 + 0.45 * sine(TIME * (0.7 + h.y) + 30.0 * h.x))
            * (1.0 + 1.2 * treble);
        c += mix(second, vec3(1.0, 0.96, 0.9), 0.6) * alive * exp(-dot(f, f) / (size * size)) * mix(0.55, 0.16, k);
    }
    vec2 v = isf_FragNormCoord - 0.5;
    c *= 1.05 - 0.9 * dot(v, v);
    gl_FragColor = vec4(curve(c * 1.25) + dither(), 1.0);
}
