create table heard (position bigserial primary key, sequence bigint not null, said text not null);
