-- Ties are looked up by their key alone.
DROP INDEX tie_case;
