-- What tells the version of an image that was read from another one, as its source says it (an ETag, a version): with
-- size_bytes, decides whether an image that is elsewhere is read again. NULL: nothing does, or a file of this machine.
ALTER TABLE instance ADD COLUMN revision VARCHAR;
