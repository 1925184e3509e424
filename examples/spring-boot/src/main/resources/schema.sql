create table if not exists product (id bigint primary key, category varchar not null, name varchar not null, cents bigint not null);
