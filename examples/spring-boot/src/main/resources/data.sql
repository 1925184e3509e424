insert into product
    select x, case when mod(x, 2) = 0 then 'tea' else 'coffee' end, 'Product ' || x, 100 * x from system_range(1, 1000)
    where not exists (select 1 from product);
