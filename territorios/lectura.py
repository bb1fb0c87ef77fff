"""Leer los archivos de carga (CSV y JSON) y, si algo está mal, decir dónde.

Cada fila llega como un Registro, que sabe de qué archivo y fila viene: pedirle un dato lo
convierte, o rechaza la carga entera nombrando archivo, fila, columna y valor.
"""

import csv
import json
import re
from datetime import date, time
from decimal import Decimal, InvalidOperation
from io import StringIO
from pathlib import Path

from django.core.exceptions import ValidationError

LARGO_MAXIMO_DEL_VALOR = 60


class CargaRechazada(Exception):
    """La carga no se hace: un archivo trae algo que no se puede aceptar.

    `fila` y `columna` son None cuando la falta es del archivo entero. En un CSV la fila 1 es la
    cabecera; en un JSON se cuentan los registros desde 1.
    """

    def __init__(self, archivo, motivo, *, fila=None, columna=None, valor=None, es_json=False):
        self.archivo, self.motivo = archivo, motivo
        self.fila, self.columna, self.valor = fila, columna, valor
        palabras = ("registro", "campo") if es_json else ("fila", "columna")
        lugar = archivo
        if fila is not None:
            lugar += f", {palabras[0]} {fila}"
        if columna is not None:
            lugar += f", {palabras[1]} «{columna}»"
        if valor is not None:
            lugar += f", valor «{_abreviar(valor)}»"
        super().__init__(f"{lugar}: {motivo}")


def _abreviar(valor):
    texto = str(valor)
    sobra = len(texto) > LARGO_MAXIMO_DEL_VALOR
    return f"{texto[:LARGO_MAXIMO_DEL_VALOR]}…" if sobra else texto


class Registro:
    """Una fila de un CSV o un objeto de un JSON. Los CSV dan solo texto; vacío es ausente.

    `numero`: la fila, o el lugar en la lista («3»; «3.respuestas.2» dentro de otro registro);
    None en el objeto que es todo el archivo. `encabezados`: {columna: como está escrita}, si quien
    trajo la hoja les puso otro nombre.
    """

    def __init__(self, archivo, numero, datos, *, es_json=False, encabezados=None):
        self.archivo, self.numero, self.datos = archivo, numero, datos
        self.es_json, self.encabezados = es_json, encabezados or {}

    def rechazo(self, columna, motivo):
        """La excepción que corresponde a esta fila y columna, para lanzarla."""
        return CargaRechazada(
            self.archivo,
            motivo,
            fila=self.numero,
            columna=self.encabezados.get(columna, columna),
            valor=self.datos.get(columna),
            es_json=self.es_json,
        )

    def texto(self, columna, *, obligatorio=True, patron=None):
        """Texto sin espacios a los lados; '' si falta y no es obligatorio.

        `patron`: expresión regular que debe cumplir entero.
        """
        valor = self._valor(columna, obligatorio)
        if valor is None:
            return ""
        if not isinstance(valor, str):
            raise self.rechazo(columna, "debe ser un texto.")
        if "\x00" in valor:
            raise self.rechazo(columna, "trae un carácter nulo.")
        if patron and not re.fullmatch(patron, valor.strip(), re.ASCII):
            raise self.rechazo(columna, "no tiene la forma esperada.")
        return valor.strip()

    def entero(self, columna, *, obligatorio=True):
        valor = self._valor(columna, obligatorio)
        if valor is None:
            return None
        es_del_tipo = type(valor) is (int if self.es_json else str)
        # Sin ceros delante: «08» y «8» serían la misma clave escrita de dos maneras.
        if not es_del_tipo or not re.fullmatch(r"0|[1-9]\d{0,5}", str(valor), re.ASCII):
            raise self.rechazo(columna, "no es un número entero.")
        return int(valor)

    def decimal(self, columna, *, minimo, maximo, obligatorio=True):
        """Decimal entre `minimo` y `maximo`, con punto decimal; None si falta y se admite."""
        valor = self._valor(columna, obligatorio)
        if valor is None:
            return None
        try:
            numero = Decimal(str(valor).strip())
        except InvalidOperation:
            raise self.rechazo(columna, "no es un número con punto decimal.") from None
        if not numero.is_finite() or not minimo <= numero <= maximo:
            raise self.rechazo(columna, f"debe estar entre {minimo} y {maximo}.")
        return numero

    def fecha(self, columna, *, obligatorio=True):
        return self._convertir(
            columna, date.fromisoformat, r"\d{4}-\d{2}-\d{2}", "una fecha AAAA-MM-DD", obligatorio
        )

    def hora(self, columna, *, obligatorio=True):
        return self._convertir(
            columna, time.fromisoformat, r"\d{2}:\d{2}", "una hora HH:MM", obligatorio
        )

    def fechas(self, desde, hasta, *, obligatorias=False):
        """Las dos fechas de una vigencia, en orden. `hasta` puede faltar siempre."""
        inicio = self.fecha(desde, obligatorio=obligatorias)
        fin = self.fecha(hasta, obligatorio=False)
        if inicio and fin and fin <= inicio:
            raise self.rechazo(hasta, f"debe ser posterior a «{desde}» ({inicio}).")
        return inicio, fin

    def horas(self, inicio, fin, *, obligatorias=False):
        """Las dos horas de un encuentro o un punto de agenda, en orden."""
        primera = self.hora(inicio, obligatorio=obligatorias)
        segunda = self.hora(fin, obligatorio=obligatorias)
        if primera and segunda and segunda <= primera:
            raise self.rechazo(fin, f"debe ser posterior a «{inicio}» ({primera:%H:%M}).")
        return primera, segunda

    def cierto(self, columna):
        """Verdadero o falso de un JSON; falso si falta."""
        valor = self.datos.get(columna, False)
        if not isinstance(valor, bool):
            raise self.rechazo(columna, "debe ser true o false.")
        return valor

    def uno_de(self, columna, opciones, que, *, obligatorio=True):
        """`opciones[valor]`; None si falta y se admite. `que`: cómo se llama, para el rechazo."""
        valor = self._valor(columna, obligatorio)
        if valor is None:
            return None
        return self._opcion(columna, valor, opciones, que)

    def varios_de(self, columna, opciones, que):
        """La lista de `opciones[valor]` de un JSON, sin repetidos; vacía si falta."""
        valores = self.datos.get(columna, [])
        if not isinstance(valores, list):
            raise self.rechazo(columna, "debe ser una lista.")
        elegidas = [self._opcion(columna, valor, opciones, que) for valor in valores]
        if len(set(map(id, elegidas))) < len(valores):
            raise self.rechazo(columna, "trae valores repetidos.")
        return elegidas

    def textos(self, columna):
        """Lista de textos de un JSON, ninguno vacío; vacía si falta."""
        valores = self.datos.get(columna, [])
        if not isinstance(valores, list) or not all(_es_texto_util(valor) for valor in valores):
            raise self.rechazo(columna, "debe ser una lista de textos.")
        return valores

    def hijos(self, columna):
        """Los registros de una lista de un JSON; vacía si falta, salvo la del archivo entero."""
        lista = self.datos.get(columna, [])
        if not isinstance(lista, list) or not all(isinstance(datos, dict) for datos in lista):
            raise self.rechazo(columna, "debe ser una lista de objetos.")
        if self.numero is None and not lista:
            raise CargaRechazada(self.archivo, f"«{columna}» no trae ningún registro.")
        prefijo = "" if self.numero is None else f"{self.numero}.{columna}."
        return [
            Registro(self.archivo, f"{prefijo}{lugar}", datos, es_json=True)
            for lugar, datos in enumerate(lista, start=1)
        ]

    def validar(self, objeto, columnas=None):
        """Los límites que el modelo pone a cada campo. `columnas`: campo → columna, si difieren.

        Las claves foráneas no se miran: ya se buscaron al leer.
        """
        foraneas = [campo.name for campo in objeto._meta.fields if campo.is_relation]
        try:
            objeto.clean_fields(exclude=[*foraneas, "id"])
        except ValidationError as error:
            campo, mensajes = next(iter(error.message_dict.items()))
            raise self.rechazo((columnas or {}).get(campo, campo), " ".join(mensajes)) from None
        return objeto

    def _valor(self, columna, obligatorio):
        valor = self.datos.get(columna)
        if valor is None or valor == "" or (isinstance(valor, str) and not valor.strip()):
            if obligatorio:
                raise self.rechazo(columna, "falta el dato.")
            return None
        return valor

    def _convertir(self, columna, funcion, patron, que, obligatorio):
        valor = self._valor(columna, obligatorio)
        if valor is None:
            return None
        try:
            if not re.fullmatch(patron, str(valor), re.ASCII):
                raise ValueError
            return funcion(str(valor))
        except ValueError:
            raise self.rechazo(columna, f"no es {que}.") from None

    def _opcion(self, columna, valor, opciones, que):
        try:
            return opciones[valor]
        except (KeyError, TypeError):
            raise self.rechazo(columna, f"no existe {que} «{_abreviar(valor)}».") from None


def _es_texto_util(valor):
    return isinstance(valor, str) and valor.strip() != "" and "\x00" not in valor


def sin_repetidos(registros, *columnas):
    """Rechaza la segunda fila con los mismos valores en `columnas`."""
    vistos = {}
    for registro in registros:
        valores = tuple(str(registro.datos.get(columna)).strip() for columna in columnas)
        if valores in vistos:
            raise registro.rechazo(columnas[-1], f"repetido: ya está en {vistos[valores]}.")
        vistos[valores] = f"{'el registro' if registro.es_json else 'la fila'} {registro.numero}"
    return registros


def leer_csv(carpeta, archivo, columnas):
    """Las filas de un CSV en UTF-8 con cabecera, que debe traer al menos `columnas`."""
    try:
        lector = csv.reader(StringIO(_abrir(carpeta, archivo), newline=""), strict=True)
        cabecera, *filas = list(lector) or [[]]
    except csv.Error as error:
        raise CargaRechazada(archivo, f"no es un CSV bien formado ({error}).") from None
    for columna in columnas:
        if cabecera.count(columna) != 1:
            raise CargaRechazada(archivo, f"falta la columna «{columna}», o está repetida.", fila=1)
    if not filas:
        raise CargaRechazada(archivo, "no trae ninguna fila.")
    for numero, fila in enumerate(filas, start=2):
        if len(fila) != len(cabecera):
            motivo = f"tiene {len(fila)} celdas y la cabecera {len(cabecera)}."
            raise CargaRechazada(archivo, motivo, fila=numero)
    return [
        Registro(archivo, numero, dict(zip(cabecera, fila, strict=True)))
        for numero, fila in enumerate(filas, start=2)
    ]


def leer_json(carpeta, archivo):
    """El objeto JSON que es todo el archivo, como Registro; sus listas, con `hijos`."""
    try:
        datos = json.loads(_abrir(carpeta, archivo))
    except json.JSONDecodeError as error:
        motivo = f"no es un JSON bien formado (línea {error.lineno}, columna {error.colno})."
        raise CargaRechazada(archivo, motivo) from None
    if not isinstance(datos, dict):
        raise CargaRechazada(archivo, "debe ser un objeto JSON.")
    return Registro(archivo, None, datos, es_json=True)


def _abrir(carpeta, archivo):
    try:
        return (Path(carpeta) / archivo).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise CargaRechazada(archivo, f"no está en la carpeta {carpeta}.") from None
    except UnicodeDecodeError:
        raise CargaRechazada(archivo, "no está escrito en UTF-8.") from None
    except OSError as error:
        raise CargaRechazada(archivo, f"no se puede leer ({error.strerror}).") from None
