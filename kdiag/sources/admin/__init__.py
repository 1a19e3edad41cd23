"""What the Kafka admin protocol tells: requests in, sections out, one module a kind of request.

A broker that does not answer costs its part: its name and reason stand in the section's errors.
All brokers are asked at the same time; the number of requests depends on brokers alone.
"""
