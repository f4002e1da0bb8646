--! Previous: sha1:82ca8ad8e7fc13d707b42d16b808e536b4f16bdf
--! Hash: sha1:aba86f89807e2896d07aa11973f13d83a5f23b45

-- What people drew over a photo; the picture itself, and its hash, stay as they are.
-- A shape: {kind, colour, points: [x, y, …] in shares of width and height, text when kind is text}; effects.check_shapes says what is taken.
alter table app.photos
  add annotations jsonb not null default '[]' check (jsonb_typeof(annotations) = 'array' and jsonb_array_length(annotations) <= 200);
