"""Las reglas de Django para una clave nueva, dichas con las palabras de la plataforma."""

from django.contrib.auth import password_validation as reglas


class DistintaDeSusDatos(reglas.UserAttributeSimilarityValidator):
    def get_error_message(self):
        return "La clave se parece demasiado a un dato suyo (%(verbose_name)s)."

    def get_help_text(self):
        return "No se parece a su nombre, su usuario ni su correo."


class LargoMinimo(reglas.MinimumLengthValidator):
    def get_error_message(self):
        return f"La clave es muy corta: lleva al menos {self.min_length} caracteres."

    def get_help_text(self):
        return f"Lleva al menos {self.min_length} caracteres."


class NadaComun(reglas.CommonPasswordValidator):
    def get_error_message(self):
        return "Esa clave es de las que más se usan, y se adivina pronto: piense otra."

    def get_help_text(self):
        return "No es de las que todo el mundo usa."


class NoSoloNumeros(reglas.NumericPasswordValidator):
    def get_error_message(self):
        return "La clave no puede llevar solo números."

    def get_help_text(self):
        return "No lleva solo números."
