"""Lo que la central trae de fuera: límites, clasificador de la DPA y autoridades.

Cada fuente es un módulo con una función `importar_…` que comprueba el archivo entero, arma la
vista previa y, si no se pidió solo revisar, escribe todo o nada. Lo inaceptable es CargaRechazada.
"""
