BEGIN TRANSACTION;
CREATE TABLE cell (
	id VARCHAR(64) NOT NULL, 
	identity TEXT NOT NULL, 
	protocol VARCHAR(64) NOT NULL, 
	task VARCHAR(100) NOT NULL, 
	task_version VARCHAR(40) NOT NULL, 
	method VARCHAR(100) NOT NULL, 
	method_version VARCHAR(40) NOT NULL, 
	parameters JSON NOT NULL, 
	seed INTEGER NOT NULL, 
	created DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL, setting JSON DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_cell PRIMARY KEY (id)
);
INSERT INTO "cell" VALUES('3b1573515e9fca2b7b020000f250ef22cdbe61056efd4bbaf394b1b8af6b71aa','{"metrics":["accuracy@1"],"seed":0}','pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp','fast/count','1','fast/constant','1','{"value": 0.5}',0,'2026-11-22 00:54:25','{}');
INSERT INTO "cell" VALUES('269bba32d8a234755f1f71abf3bace391025c67f047569afdc1c0faf2b4f4043','{"metrics":["accuracy@1"],"seed":1}','pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp','fast/count','1','fast/constant','1','{"value": 0.5}',1,'2026-11-22 00:54:25','{"size": "large"}');
CREATE TABLE environment (
	id VARCHAR(64) NOT NULL, 
	document JSON NOT NULL, 
	CONSTRAINT pk_environment PRIMARY KEY (id)
);
INSERT INTO "environment" VALUES('d9fe155f8e5c4cddd07b02d5210a62c92cf19517fd7600458020f5319c07e90b','{"python": "3.11.7", "suite": {"version": "0.1.0"}}');
CREATE TABLE intake (
	number INTEGER NOT NULL, 
	id VARCHAR(32) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	bytes BIGINT NOT NULL, 
	holder VARCHAR(100) NOT NULL, 
	token VARCHAR(16) NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	reason TEXT, 
	name VARCHAR(100), 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	owner VARCHAR(200), 
	lease_until DATETIME, 
	CONSTRAINT pk_intake PRIMARY KEY (number), 
	CONSTRAINT fk_intake_token_token FOREIGN KEY(token) REFERENCES token (id) ON DELETE RESTRICT, 
	CONSTRAINT uq_intake_id UNIQUE (id), 
	CONSTRAINT uq_intake_holder_sha256 UNIQUE (holder, sha256), 
	CONSTRAINT ck_intake_state CHECK (state IN ('waiting', 'checking', 'accepted', 'refused', 'failed'))
);
INSERT INTO "intake" VALUES(1,'a3ac361071881d0028a6bfaefaec6022','5555555555555555555555555555555555555555555555555555555555555555',1234,'ada','b46baf91eb09382b','refused','it has no submission.yaml at its top, or in its one folder',NULL,1,NULL,NULL);
CREATE TABLE intake_event (
	id INTEGER NOT NULL, 
	entry INTEGER NOT NULL, 
	made DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	reason TEXT, 
	CONSTRAINT pk_intake_event PRIMARY KEY (id), 
	CONSTRAINT fk_intake_event_entry_intake FOREIGN KEY(entry) REFERENCES intake (number) ON DELETE RESTRICT
);
INSERT INTO "intake_event" VALUES(1,1,'2026-11-29 08:53:00','waiting','uploaded');
INSERT INTO "intake_event" VALUES(2,1,'2026-11-29 08:53:00','checking',NULL);
INSERT INTO "intake_event" VALUES(3,1,'2026-11-29 08:53:00','refused','it has no submission.yaml at its top, or in its one folder');
CREATE TABLE "reproduction" (
	id VARCHAR(32) NOT NULL, 
	run VARCHAR(32) NOT NULL, 
	made DATETIME DEFAULT (CURRENT_TIMESTAMP) NOT NULL, 
	verdict VARCHAR(20) NOT NULL, 
	difference FLOAT, 
	reason TEXT NOT NULL, 
	changed JSON NOT NULL, 
	environment VARCHAR(64), 
	device VARCHAR(40), 
	threads INTEGER, 
	reproducer VARCHAR(100) NOT NULL, judged VARCHAR(64), 
	CONSTRAINT pk_reproduction PRIMARY KEY (id), 
	CONSTRAINT fk_reproduction_environment_environment FOREIGN KEY(environment) REFERENCES environment (id) ON DELETE RESTRICT, 
	CONSTRAINT ck_reproduction_verdict CHECK (verdict IN ('equal', 'within tolerance', 'different', 'cannot'))
);
INSERT INTO "reproduction" VALUES('00000000000000aa','0000000000000002','2026-11-29 06:00:00','within tolerance',0.001,'2 of 2 scores differ, by 0.001 at most','{"threads": ["1", "2"]}','d9fe155f8e5c4cddd07b02d5210a62c92cf19517fd7600458020f5319c07e90b','cpu',2,'Ada',NULL);
INSERT INTO "reproduction" VALUES('18ec78b6e8660daccdc21426','9f9f9f9f9f9f9f9f','2026-11-29 09:04:38','equal',0.0,'every score is the recorded one','{}',NULL,'cpu',1,'Ada',NULL);
CREATE TABLE run (
	id VARCHAR(32) NOT NULL, 
	cell VARCHAR(64) NOT NULL, 
	attempt INTEGER NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	owner VARCHAR(200) NOT NULL, 
	lease_until DATETIME, 
	started DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL, 
	ended DATETIME, 
	error TEXT, 
	traceback TEXT, 
	command JSON, 
	environment VARCHAR(64), 
	device VARCHAR(40), 
	threads INTEGER, 
	wall_seconds FLOAT, 
	cpu_seconds FLOAT, 
	peak_memory_bytes BIGINT, 
	cost JSON, 
	facts JSON, 
	missing JSON, 
	ingredients JSON, 
	samples VARCHAR(64), tuning JSON, origin JSON, isolation JSON, seal VARCHAR(64), 
	CONSTRAINT pk_run PRIMARY KEY (id), 
	CONSTRAINT fk_run_cell_cell FOREIGN KEY(cell) REFERENCES cell (id) ON DELETE RESTRICT, 
	CONSTRAINT fk_run_environment_environment FOREIGN KEY(environment) REFERENCES environment (id) ON DELETE RESTRICT, 
	CONSTRAINT uq_run_cell_attempt UNIQUE (cell, attempt), 
	CONSTRAINT ck_run_state CHECK (state IN ('running', 'done', 'failed', 'timeout', 'out-of-memory', 'killed', 'invalid', 'stale', 'late'))
);
INSERT INTO "run" VALUES('0000000000000001','3b1573515e9fca2b7b020000f250ef22cdbe61056efd4bbaf394b1b8af6b71aa',1,'stale','laptop:4242:1790000000.00','2026-11-22 00:55:25','2026-11-22 00:54:25','2026-11-22 00:54:25',NULL,NULL,'["run"]',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "run" VALUES('0000000000000002','3b1573515e9fca2b7b020000f250ef22cdbe61056efd4bbaf394b1b8af6b71aa',2,'done','laptop:4242:1790000000.00',NULL,'2026-11-22 00:54:25','2026-11-22 00:54:25',NULL,NULL,'["run"]','d9fe155f8e5c4cddd07b02d5210a62c92cf19517fd7600458020f5319c07e90b','cpu',1,1.5,1.25,268435456,'{"fit_seconds": 0.5}','{"fact": "stated"}','["far"]','{"data/numbers": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "data/far": null}','bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',NULL,'{"file": "theirs.zip", "by": "Ada"}',NULL,'cf8c4e234d5e9a5d0858a64bd4e0626970400db8143fe20d24d4ecd19206d23d');
INSERT INTO "run" VALUES('0000000000000003','269bba32d8a234755f1f71abf3bace391025c67f047569afdc1c0faf2b4f4043',1,'failed','laptop:4242:1790000000.00',NULL,'2026-11-22 00:54:25','2026-11-22 00:54:25','RuntimeError: the method broke','Traceback (most recent call last):
RuntimeError: the method broke
','["run"]','d9fe155f8e5c4cddd07b02d5210a62c92cf19517fd7600458020f5319c07e90b',NULL,NULL,NULL,NULL,NULL,'{}','{}','[]','{}',NULL,NULL,NULL,NULL,'35ce1bc4a68507995d3ef853796753a25c294351455f58cbbb0f1fee530be440');
CREATE TABLE score (
	run VARCHAR(32) NOT NULL, 
	metric VARCHAR(50) NOT NULL, 
	subset VARCHAR(100) NOT NULL, 
	metric_version VARCHAR(40) NOT NULL, 
	value FLOAT NOT NULL, 
	n INTEGER NOT NULL, 
	partial BOOLEAN NOT NULL, interval JSON, 
	CONSTRAINT pk_score PRIMARY KEY (run, metric, subset), 
	CONSTRAINT fk_score_run_run FOREIGN KEY(run) REFERENCES run (id) ON DELETE RESTRICT
);
INSERT INTO "score" VALUES('0000000000000002','accuracy','all','1',0.5,10,0,NULL);
INSERT INTO "score" VALUES('0000000000000002','accuracy','half','1',0.25,5,1,NULL);
CREATE TABLE suite_alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT suite_alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "suite_alembic_version" VALUES('0009');
CREATE TABLE token (
	id VARCHAR(16) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	holder VARCHAR(100) NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	created DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL, 
	expires DATETIME, 
	revoked DATETIME, 
	CONSTRAINT pk_token PRIMARY KEY (id), 
	CONSTRAINT uq_token_hash UNIQUE (hash), 
	CONSTRAINT ck_token_role CHECK (role IN ('submitter', 'maintainer', 'admin'))
);
INSERT INTO "token" VALUES('b46baf91eb09382b','00cb61870b5baf51bf98e9bbdaa672fcc400e1a1555127db20b52e35f47ba840','ada','submitter','2026-11-29 08:53:00',NULL,NULL);
CREATE INDEX ix_cell_task_method ON cell (task, method);
CREATE UNIQUE INDEX uq_run_cell_taken ON run (cell) WHERE state IN ('running', 'done');
CREATE INDEX ix_intake_state_number ON intake (state, number);
CREATE UNIQUE INDEX uq_intake_name_taken ON intake (name) WHERE state IN ('checking', 'accepted');
CREATE INDEX ix_intake_event_entry ON intake_event (entry);
CREATE INDEX ix_reproduction_run ON reproduction (run);
COMMIT;
