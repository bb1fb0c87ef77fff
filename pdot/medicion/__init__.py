"""Medir la plataforma con datos de escala nacional, en una base de rayones (manage.py medir)."""
