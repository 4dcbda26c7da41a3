-- Tells the planner what is in the registers now. A repeat is safe.
SELECT zhibao.analyze_registers()
