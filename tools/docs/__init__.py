"""The course's documentation as a site: the pages of docs/, the chapters, and every module of the library."""
